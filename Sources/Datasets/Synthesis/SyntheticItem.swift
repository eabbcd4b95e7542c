internal import Sodium

/// An item of a ``SyntheticPopulation``.
struct SyntheticItem {
    /// One to three positions in the list of genres, the main one first.
    var genres: [Int]
    var year: Int
    /// How often the item is chosen before taste acts, relative to others.
    var popularity: Double
    /// Where the item lies in the latent space; of length 1.
    var vector: LatentVector
    /// What everybody's rating of it shares.
    var quality: Double
    /// The day from which it can be interacted with.
    var firstDay: Double
    /// 0 outside a series, else the number of the part.
    var part: Int
    /// The next part of its series.
    var sequel: Int?

    /// Makes every item; the parts of a series are consecutive.
    static func makeAll(
        _ settings: SyntheticPopulation, genres: [SyntheticGenre], shares: CumulativeWeights,
        randomness: inout SeededRandomness
    ) -> [SyntheticItem] {
        var result: [SyntheticItem] = []
        result.reserveCapacity(settings.items)
        var ranks = Array(1...settings.items)
        for last in stride(from: ranks.count - 1, to: 0, by: -1) {
            ranks.swapAt(last, randomness.nextIndex(below: last + 1))
        }
        var partsLeft = 0
        while result.count < settings.items {
            let isSequel = partsLeft > 0
            let predecessor = isSequel ? result.last : nil
            var item = SyntheticItem(
                following: predecessor, genres: genres, shares: shares, randomness: &randomness)
            item.popularity = portablePower(
                Double(ranks[result.count]), -settings.popularityExponent)
            if randomness.nextUnit() < settings.newItemShare {
                item.firstDay = Double(settings.days) * (0.8 + 0.15 * randomness.nextUnit())
                item.year = 2024 + Int(item.firstDay) / 366
            }
            item.place(among: genres, &randomness)
            if isSequel {
                partsLeft -= 1
                result[result.count - 1].sequel = result.count
            } else if randomness.nextUnit() < 0.1 {
                partsLeft = 1 + randomness.nextIndex(below: 4)
                item.part = 1
            }
            result.append(item)
        }
        return result
    }

    /// A part after its `predecessor`, or an item of its own.
    private init(
        following predecessor: SyntheticItem?, genres: [SyntheticGenre], shares: CumulativeWeights,
        randomness: inout SeededRandomness
    ) {
        popularity = 1
        quality = randomness.nextNormal()
        firstDay = 0
        vector = LatentVector(dimensions: 0)
        if let predecessor {
            self.genres = predecessor.genres
            year = min(predecessor.year + 1 + randomness.nextIndex(below: 3), 2023)
            part = predecessor.part + 1
            return
        }
        let age = portablePower(1 - randomness.nextUnit(), 1.6)
        year = 2023 - Int(50 * age)
        part = 0
        let main = shares.draw(&randomness) ?? 0
        self.genres = [main]
        // Genres have companions: their numbers' neighbours on a circle.
        for (distance, probability) in [(1, 0.45), (2, 0.25)]
        where randomness.nextUnit() < probability {
            let companion = (main + distance) % genres.count
            if !self.genres.contains(companion) { self.genres.append(companion) }
        }
    }

    private mutating func place(
        among genres: [SyntheticGenre], _ randomness: inout SeededRandomness
    ) {
        vector = genres[self.genres[0]].place(in: year)
        for companion in self.genres.dropFirst() {
            vector.add(genres[companion].place(in: year), times: 0.5)
        }
        vector.normalize()
        let dimensions = vector.components.count
        vector.add(.random(dimensions: dimensions, &randomness), times: 0.2)
        vector.normalize()
    }

    /// A display title with the year, such as "Silent Harbour 2 (1998)".
    func title(number: Int) -> String {
        let series = part > 1 ? number - part + 1 : number
        let adjective = Self.adjectives[series % Self.adjectives.count]
        let noun = Self.nouns[series / Self.adjectives.count % Self.nouns.count]
        let round = series / (Self.adjectives.count * Self.nouns.count)
        let name = "\(adjective) \(noun)" + (round > 0 ? " of \(round)" : "")
        return part > 1 ? "\(name) \(part) (\(year))" : "\(name) (\(year))"
    }

    private static let adjectives = [
        "Silent", "Golden", "Distant", "Broken", "Hidden", "Crimson", "Endless", "Gentle", "Hollow",
        "Iron", "Last", "Lonely", "Midnight", "Northern", "Paper", "Quiet", "Restless", "Secret",
        "Summer", "Tender", "Velvet", "Wandering", "Wild", "Winter", "Amber", "Borrowed", "Clever",
        "Electric", "Forgotten", "Glass", "Invisible",
    ]
    private static let nouns = [
        "Harbour", "River", "Garden", "Letter", "Mountain", "Station", "Orchard", "Promise",
        "Shadow", "Voyage", "Window", "Bridge", "Carnival", "Empire", "Forest", "Horizon", "Island",
        "Journey", "Kingdom", "Lantern", "Machine", "Melody", "Mirror", "Ocean", "Painter",
        "Riddle",
        "Signal", "Stranger", "Tower", "Valley", "Wolf",
    ]
}
