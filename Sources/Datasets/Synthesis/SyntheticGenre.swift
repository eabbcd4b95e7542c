internal import Sodium

/// A genre: a place in the latent space, a direction in which eras move it, and its hours.
struct SyntheticGenre {
    let name: String
    let centre: LatentVector
    let eraDirection: LatentVector
    /// The probability, by hour of day, that an item of the genre suits the moment.
    let fitByHour: [Double]

    init(number: Int, dimensions: Int, randomness: inout SeededRandomness) {
        name = number < Self.names.count ? Self.names[number] : "Genre \(number + 1)"
        centre = .random(dimensions: dimensions, &randomness)
        eraDirection = .random(dimensions: dimensions, &randomness)
        let bestHour = randomness.nextUnit() * 24
        fitByHour = (0..<24).map { hour in
            let away = abs(Double(hour) - bestHour)
            let distance = min(away, 24 - away)
            return 0.3 + 0.7 * portableExp(-distance * distance / 32)
        }
    }

    private static let names = [
        "Drama", "Comedy", "Thriller", "Romance", "Action", "Adventure", "Crime", "Fantasy",
        "Mystery", "Science Fiction", "Horror", "Family", "Animation", "History", "Music", "War",
        "Documentary", "Western",
    ]

    /// The place of the genre in a `year`.
    func place(in year: Int) -> LatentVector {
        var result = centre
        result.add(eraDirection, times: Double(year - 2000) / 14)
        return result
    }
}
