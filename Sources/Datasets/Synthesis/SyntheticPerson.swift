internal import Recommender
internal import Sodium

/// A person of a ``SyntheticPopulation`` while their history is made.
struct SyntheticPerson {
    private var randomness: SeededRandomness
    private let length: Int
    private let firstDay: Double
    private let lastDay: Double
    private let usualHour: Double
    private let earlyTaste: LatentVector
    private let lateTaste: LatentVector
    /// The taste of the moment, and the odds of every item under it.
    private var taste: LatentVector
    private var choice: CumulativeWeights
    private var seen: [Bool]
    private var history: [Interaction] = []

    /// Taste moves in so many steps; each costs a pass over the items.
    private static let tasteSteps = 4

    init(number: Int, of world: SyntheticWorld) {
        let settings = world.settings
        randomness = SeededRandomness(
            seed: settings.seed, label: "synthetic", "person", "\(number)")
        let days = Double(settings.days)
        if randomness.nextUnit() < settings.newUserShare {
            length = min(2 + randomness.nextIndex(below: 4), settings.items)
            firstDay = days * (0.9 + 0.08 * randomness.nextUnit())
            lastDay = days
        } else {
            // The mean of e^(0.8 z) over normal z is e^0.32.
            let wanted =
                settings.meanHistoryLength * portableExp(0.8 * randomness.nextNormal() - 0.32)
            length = min(max(Int(wanted.rounded()), 5), max(settings.items / 2, 2))
            firstDay = days * 0.75 * randomness.nextUnit()
            lastDay = firstDay + (days - firstDay) * (0.2 + 0.8 * randomness.nextUnit())
        }
        usualHour = 8 + 14 * randomness.nextUnit()
        earlyTaste = Self.makeTaste(in: world, &randomness)
        lateTaste = Self.makeTaste(in: world, &randomness)
        taste = earlyTaste
        choice = CumulativeWeights([])
        seen = [Bool](repeating: false, count: settings.items)
    }

    /// A direction towards one to three genres in an era.
    private static func makeTaste(
        in world: SyntheticWorld, _ randomness: inout SeededRandomness
    ) -> LatentVector {
        let dimensions = world.settings.tasteDimensions
        var taste = LatentVector(dimensions: dimensions)
        let year = 2023 - Int(50 * portablePower(1 - randomness.nextUnit(), 1.6))
        for rank in 0...randomness.nextIndex(below: 3) {
            guard let genre = world.genreShares.draw(&randomness) else { continue }
            taste.add(world.genres[genre].place(in: year), times: 1 / (1 + 0.4 * Double(rank)))
        }
        taste.normalize()
        taste.add(.random(dimensions: dimensions, &randomness), times: 0.15)
        taste.normalize()
        return taste
    }

    /// The whole history, visit by visit.
    mutating func makeHistory(in world: SyntheticWorld) -> [Interaction] {
        history.reserveCapacity(length)
        var visitLengths: [Int] = []
        var planned = 0
        while planned < length {
            let visit = min(1 + randomness.nextIndex(below: 11), length - planned)
            visitLengths.append(visit)
            planned += visit
        }
        let visitDays = visitLengths.map { _ in
            firstDay + (lastDay - firstDay) * randomness.nextUnit()
        }.sorted()
        var step = -1
        for (visitLength, day) in zip(visitLengths, visitDays) {
            let newStep = history.count * Self.tasteSteps / max(length, 1)
            if newStep != step {
                step = newStep
                moveTaste(by: Double(step) / Double(Self.tasteSteps - 1), in: world)
            }
            makeVisit(of: visitLength, on: day, in: world)
        }
        return history
    }

    private mutating func moveTaste(by progress: Double, in world: SyntheticWorld) {
        let moved = world.settings.drift * progress
        taste = LatentVector(dimensions: world.settings.tasteDimensions)
        taste.add(earlyTaste, times: 1 - moved)
        taste.add(lateTaste, times: moved)
        taste.normalize()
        choice = CumulativeWeights(
            world.items.map { $0.popularity * portableExp(8 * taste.dot($0.vector)) })
    }

    private mutating func makeVisit(of length: Int, on day: Double, in world: SyntheticWorld) {
        // 1704067200 is 2024-01-01 00:00 UTC.
        let hour = (usualHour + 3 * randomness.nextNormal() + 24)
            .truncatingRemainder(dividingBy: 24)
        let begin = Int64(1_704_067_200) + Int64(day) * 86_400 + Int64(hour * 3_600)
        var time = max(begin, (history.last?.timestamp ?? 0) + 600)
        // People resume where they stopped.
        var last = history.last.map { Int($0.item) }
        for _ in 0..<length {
            let hourOfDay = Int(time / 3_600 % 24)
            let item = chooseItem(after: last, on: day, at: hourOfDay, in: world)
            seen[item] = true
            history.append(
                Interaction(
                    item: item, timestamp: time, rating: rating(of: world.items[item], in: world),
                    context: UInt8(hourOfDay)))
            last = item
            time += 60 + Int64(randomness.nextIndex(below: 2_400))
        }
    }

    private mutating func chooseItem(
        after last: Int?, on day: Double, at hour: Int, in world: SyntheticWorld
    ) -> Int {
        if let last, randomness.nextUnit() < world.settings.sequentialStrength {
            if let sequel = world.items[last].sequel, isOpen(sequel, on: day, in: world),
                randomness.nextUnit() < 0.6
            {
                return sequel
            }
            let neighbourhood = world.neighbourhoods[last]
            for _ in 0..<8 {
                guard let place = neighbourhood.weights.draw(&randomness) else { break }
                let item = neighbourhood.items[place]
                if isOpen(item, on: day, in: world) { return item }
            }
        }
        for _ in 0..<60 {
            guard let item = choice.draw(&randomness) else { break }
            let fit = world.genres[world.items[item].genres[0]].fitByHour[hour]
            if isOpen(item, on: day, in: world), randomness.nextUnit() < fit { return item }
        }
        // A person who has seen nearly all they like takes any item, if need be a second time.
        let start = randomness.nextIndex(below: world.items.count)
        let positions = start..<world.items.count
        return positions.first { isOpen($0, on: day, in: world) }
            ?? (0..<start).first { isOpen($0, on: day, in: world) } ?? start
    }

    private func isOpen(_ item: Int, on day: Double, in world: SyntheticWorld) -> Bool {
        !seen[item] && world.items[item].firstDay <= day
    }

    private mutating func rating(
        of item: SyntheticItem, in world: SyntheticWorld
    ) -> Float? {
        guard randomness.nextUnit() < world.settings.explicitShare else { return nil }
        let liking = 2.7 + 1.6 * taste.dot(item.vector) + 0.4 * item.quality
        let rating = (liking + 0.6 * randomness.nextNormal()).rounded()
        return Float(min(max(rating, 1), 5))
    }
}
