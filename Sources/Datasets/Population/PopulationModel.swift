package import Recommender
internal import Sodium

/// What makes the histories of a data set what they are, learned from it, and people sampled from that:
/// as many as wanted, over the same catalogue.
///
/// ```swift
/// let model = try PopulationModel(fitting: data)
/// let person = model.user(999_999, seed: 1)
/// ```
///
/// A person is a pure function of the model, the seed and their number, so that they can be made in any
/// order and by any thread. A model is a function of the data alone. A sampled person has
/// - the **length** of history at a random place in the order of the real lengths;
/// - the **tastes** of one real person of about that length: not their history but a sample of some
///   components that everybody's histories are mixtures of (``TasteComponents``);
/// - **items** one after the other: with a probability that the data say, one that somebody turned to after
///   the last one (``Successors``); otherwise one of a taste; none twice, unless the data repeat, and then as
///   often. Popularity is fitted last, by weighing items until sampled histories have them as often as real
///   ones, at the beginning of a history as later, and steps stay as often within a category;
/// - the **first day, span and number of visits** of another real person of about that length, with hours and
///   steps as everybody has them; the share of interactions with a rating or context is that person's too;
/// - **ratings and contexts** drawn in equal parts from the item's and from that person's.
///
/// Parts of real people are in this, and pairs of items that follow each other in one person's history are
/// taken over as they are: sampled data are like the real ones, and not anonymous. Not learned are changes
/// of taste and of what there is over time, and how a rating depends on more than the item and the person.
package struct PopulationModel: Sendable {
    /// What the fitted data set is called.
    package let name: String
    /// The items of the fitted data set.
    package let catalogue: Catalogue

    /// What is kept of each fitted person, by length of history.
    private var people: [FittedPerson] = []
    private let ratings: MarginalValues<Float>
    private let contexts: MarginalValues<UInt8>
    /// Whether contexts are the hours of the timestamps.
    private let contextsAreHours: Bool
    private let rhythm: Rhythm
    private let repeats: RepeatShares
    private var tastes: [AliasTable] = []
    private var popular: AliasTable
    private var successors: Successors
    private let shares: FollowingShares
    /// The taste that each item has most to do with.
    private let mainTastes: [UInt8]
    /// How common each taste is.
    private let tasteShares: [Float]
    private var positionTilt: PositionTilt
    private var categoryTilt: CategoryTilt

    /// More interactions than these are thinned out, by whole people; popularity is counted in all.
    private static let mostFitted = 4_000_000
    private static let iterations = 40
    private static let calibrations = 6

    /// Learns from a data set.
    ///
    /// - Parameter step: Called now and then with the part of the work done; what it throws ends it.
    /// - Throws: ``DatasetError/empty(path:)`` with the data set's name, or what `step` throws.
    package init(
        fitting data: InteractionData, step: (Double) throws -> Void = { _ in }
    ) throws {
        let interactions = data.interactionCount
        guard interactions > 0 else { throw DatasetError.empty(path: data.name) }
        name = data.name
        catalogue = data.catalogue
        let thinning = (interactions + Self.mostFitted - 1) / Self.mostFitted
        let fitted = data.users.indices.filter { $0 % thinning == 0 }.map { data.users[$0] }
            .filter { !$0.history.isEmpty }
            .enumerated().sorted {
                ($0.element.history.count, $0.offset) < ($1.element.history.count, $1.offset)
            }
            .map(\.element)
        guard !fitted.isEmpty else { throw DatasetError.empty(path: data.name) }
        var counts = [Int](repeating: 0, count: data.catalogue.count)
        for user in data.users {
            for interaction in user.history { counts[Int(interaction.item)] += 1 }
        }
        let histories = fitted.map { $0.history.map(\.item) }
        var fittedCounts = [Int](repeating: 0, count: data.catalogue.count)
        for history in histories { for item in history { fittedCounts[Int(item)] += 1 } }

        let components = try TasteComponents(
            histories, counts: fittedCounts, tastes: Self.tasteCount(of: fitted),
            iterations: Self.iterations
        ) { try step(0.7 * Double($0) / Double(Self.iterations)) }
        successors = Successors(of: fitted, items: data.catalogue.count)
        shares = FollowingShares(histories, components, successors)
        mainTastes = data.catalogue.items.indices.map { UInt8(components.mainTaste(of: $0)) }
        tasteShares = components.shares
        repeats = RepeatShares(histories)
        rhythm = Rhythm(of: fitted)
        contextsAreHours = Self.areHours(fitted)
        ratings = MarginalValues(of: fitted, items: data.catalogue.count, \.rating)
        contexts = MarginalValues(of: fitted, items: data.catalogue.count, \.context)
        people = fitted.indices.map { person in
            FittedPerson(
                tastes: components.tokens(of: person),
                timetable: Timetable(of: fitted[person].history))
        }
        popular = AliasTable(counts.map(Float.init))
        positionTilt = PositionTilt(counts: counts)
        categoryTilt = CategoryTilt(data.catalogue)
        let tasteWeights = (0..<components.count).map(components.weights(of:))
        try calibrate(tasteWeights, to: counts, histories) {
            try step(0.7 + 0.3 * Double($0) / Double(Self.calibrations))
        }
        try step(1)
    }

    /// A multiple of 16, at most 64, with some fifty people each.
    private static func tasteCount(of users: [InteractionData.User]) -> Int {
        min(64, max(16, users.count / 50 / 16 * 16))
    }

    private static func areHours(_ users: [InteractionData.User]) -> Bool {
        users.allSatisfy { user in
            user.history.allSatisfy { interaction in
                interaction.context.map {
                    Int64($0) == Self.hour(of: interaction.timestamp)
                } ?? true
            }
        }
    }

    private static func hour(of time: Int64) -> Int64 { ((time / 3_600) % 24 + 24) % 24 }

    /// Weighs items until samples have them as often as the data: that an item is taken once only makes
    /// popular ones too rare, most of all in long histories.
    private mutating func calibrate(
        _ tasteWeights: [[Float]], to counts: [Int], _ histories: [[Int32]],
        step: (Int) throws -> Void
    ) rethrows {
        var weights = [Float](repeating: 1, count: counts.count)
        let wanted = Sample(histories, self)
        let total = Double(counts.reduce(0, +))
        for round in 0...Self.calibrations {
            try step(round)
            tastes = tasteWeights.map { taste in
                AliasTable(zip(taste, weights).map { $0 * $1 })
            }
            popular = AliasTable(zip(counts, weights).map { Float($0) * $1 })
            successors.weigh(by: weights)
            guard round < Self.calibrations else { return }
            let sample = calibrationSample()
            positionTilt.improve(from: sample.positions, to: wanted.positions)
            categoryTilt.improve(from: sample.steps, to: wanted.steps)
            let sampled = sample.items
            let scale = total / Double(max(sampled.reduce(0, +), 1))
            for item in weights.indices where counts[item] > 0 {
                // Some shrinking: what is rare in the data is rare in the sample by chance.
                let ratio = (Double(counts[item]) + 3) / (Double(sampled[item]) * scale + 3)
                weights[item] = min(max(weights[item] * Float(ratio), 0.001), 1_000)
            }
        }
    }

    /// What histories are compared by.
    private struct Sample {
        /// How often each item occurs.
        var items: [Int]
        /// How often those of each popularity occur at each part of a history.
        var positions: [Int]
        var steps: CategoryTilt.Steps

        init(_ histories: [[Int32]], _ model: PopulationModel) {
            items = [Int](repeating: 0, count: model.catalogue.count)
            for history in histories { for item in history { items[Int(item)] += 1 } }
            positions = model.positionTilt.count(histories)
            steps = model.categoryTilt.count(histories)
        }

        static func += (sum: inout Self, other: Self) {
            for item in sum.items.indices { sum.items[item] += other.items[item] }
            for place in sum.positions.indices { sum.positions[place] += other.positions[place] }
            sum.steps.all += other.steps.all
            sum.steps.same += other.steps.same
        }
    }

    /// A sample of as many people as were fitted.
    private func calibrationSample() -> Sample {
        let count = people.count
        return mapInParallel(8) { part in
            let histories = (count * part / 8..<count * (part + 1) / 8).map { number in
                var randomness = SeededRandomness(seed: 0, label: "calibration", "\(number)")
                return draw(&randomness).items
            }
            return Sample(histories, self)
        }.reduce(into: Sample([], self)) { $0 += $1 }
    }

    // MARK: - Sampling

    /// The person of a number from 0 on.
    package func user(_ number: Int, seed: UInt64) -> InteractionData.User {
        var randomness = SeededRandomness(seed: seed, label: "population", "\(number)")
        let (items, place) = draw(&randomness)
        let other = nearby(place, &randomness)
        let times = rhythm.times(items.count, like: people[other].timetable, &randomness)
        let history = zip(items, times).map { item, time in
            var interaction = Interaction(item: Int(item), timestamp: time)
            interaction.rating = ratings.draw(Int(item), person: other, &randomness)
            interaction.context = contexts.draw(Int(item), person: other, &randomness)
            if contextsAreHours, interaction.context != nil {
                interaction.context = UInt8(Self.hour(of: time))
            }
            return interaction
        }
        return InteractionData.User(id: "person-\(number + 1)", history: history)
    }

    /// The items of a person in order, and the person's place in the order of lengths.
    private func draw(_ randomness: inout SeededRandomness) -> (items: [Int32], place: Int) {
        let exact = randomness.nextUnit() * Double(people.count - 1)
        let place = Int(exact)
        let shorter = Double(people[place].timetable.length)
        let longer = Double(people[min(place + 1, people.count - 1)].timetable.length)
        let wanted = Int((shorter + (longer - shorter) * (exact - Double(place))).rounded())
        let length = repeats.isNever ? min(wanted, catalogue.count) : wanted
        let own = people[nearby(place, &randomness)].tastes
        let tokens = (0..<FittedPerson.sampledTokens).map { _ in
            own[randomness.nextIndex(below: own.count)]
        }
        var mind = Mind(tokens: tokens, shares: tasteShares, items: catalogue.count)
        var items: [Int32] = []
        items.reserveCapacity(length)
        while items.count < length {
            if repeats.draw(after: items.count, &randomness) {
                items.append(items[randomness.nextIndex(below: items.count)])
                continue
            }
            let part = PositionTilt.part(items.count, of: length)
            let item = newItem(after: items.last, part: part, &mind, &randomness)
            mind.seen[item] = true
            items.append(Int32(item))
        }
        return (items, place)
    }

    /// What a person has in mind while their history is drawn.
    private struct Mind {
        /// Numbers of tastes, each as often as it is drawn.
        let tokens: [UInt8]
        /// How much more common each taste is with them than with everybody.
        let liking: [Float]
        var seen: [Bool]
        /// The taste that the last item was chosen by.
        var taste: UInt8?

        init(tokens: [UInt8], shares: [Float], items: Int) {
            self.tokens = tokens
            var counts = [Float](repeating: 0, count: shares.count)
            for token in tokens { counts[Int(token)] += 1 / Float(tokens.count) }
            liking = zip(counts, shares).map { $0 / max($1, 0x1p-20) }
            seen = [Bool](repeating: false, count: items)
        }
    }

    /// The place of a random person with a history of about the same length.
    private func nearby(_ place: Int, _ randomness: inout SeededRandomness) -> Int {
        let reach = min(max(3, people.count / 100), people.count - 1)
        let low = min(max(place - reach / 2, 0), people.count - 1 - reach)
        return low + randomness.nextIndex(below: reach + 1)
    }

    private func newItem(
        after last: Int32?, part: Int, _ mind: inout Mind, _ randomness: inout SeededRandomness
    ) -> Int {
        if let last, Float(randomness.nextUnit()) < shares.following[Int(last)] {
            for _ in 0..<4 {
                guard let item = successors.draw(after: Int(last), &randomness) else { break }
                // What is not to the person's taste is passed over, even if others turn to it.
                let taste = mainTastes[item]
                if !mind.seen[item], Float(randomness.nextUnit()) < mind.liking[Int(taste)],
                    positionTilt.takes(item, part: part, &randomness)
                {
                    mind.taste = taste
                    return item
                }
            }
        }
        var kept = mind.taste
        if let last, Float(randomness.nextUnit()) >= shares.staying[Int(last)] { kept = nil }
        for attempt in 0..<24 {
            // A taste that has nothing more to give is left.
            if attempt == 8 { kept = nil }
            let taste = kept ?? mind.tokens[randomness.nextIndex(below: mind.tokens.count)]
            if let item = tastes[Int(taste)].draw(&randomness), !mind.seen[item],
                positionTilt.takes(item, part: part, &randomness),
                categoryTilt.takes(item, after: last, &randomness)
            {
                mind.taste = taste
                return item
            }
        }
        mind.taste = nil
        for _ in 0..<32 {
            if let item = popular.draw(&randomness), !mind.seen[item] { return item }
        }
        // A person who has seen nearly all takes any item, if need be a second time.
        let start = randomness.nextIndex(below: mind.seen.count)
        return mind.seen[start...].firstIndex(of: false)
            ?? mind.seen[..<start].firstIndex(of: false) ?? start
    }
}

/// What is kept of a person whose history was fitted.
struct FittedPerson {
    /// Numbers of tastes, each as often as its share of the person's mixture.
    var tastes: [UInt8]
    var timetable: Timetable

    /// How many tastes are kept.
    static let tokens = 64
    /// How many of them a sampled person takes, some more than once.
    static let sampledTokens = 32
}

extension TasteComponents {
    /// A person's mixture in ``FittedPerson/tokens`` equal parts.
    fileprivate func tokens(of person: Int) -> [UInt8] {
        let shares = (0..<count).map { share(of: $0, person: person) }
        let total = shares.reduce(0, +)
        var result: [UInt8] = []
        var sum: Float = 0
        for (taste, share) in shares.enumerated() {
            sum += share
            while result.count < FittedPerson.tokens,
                (Float(result.count) + 0.5) / Float(FittedPerson.tokens) * total < sum
            { result.append(UInt8(taste)) }
        }
        while result.count < FittedPerson.tokens { result.append(UInt8(count - 1)) }
        return result
    }
}
