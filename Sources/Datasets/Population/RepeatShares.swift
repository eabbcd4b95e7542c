internal import Sodium

/// How often people come back to an item that they had before, by how many interactions they had.
struct RepeatShares {
    /// By the binary logarithm of the number of interactions before.
    private var shares: [Double]
    /// Whether nobody ever came back.
    var isNever: Bool { shares.allSatisfy { $0 == 0 } }

    init(_ histories: [[Int32]]) {
        var counts = [(all: Int, repeated: Int)](repeating: (0, 0), count: 64)
        for history in histories {
            var had: Set<Int32> = []
            for (place, item) in history.enumerated() {
                let bucket = Self.bucket(place)
                counts[bucket].all += 1
                if !had.insert(item).inserted { counts[bucket].repeated += 1 }
            }
        }
        shares = counts.map { $0.all == 0 ? 0 : Double($0.repeated) / Double($0.all) }
    }

    /// Whether an interaction after so many comes back to one of them.
    func draw(after count: Int, _ randomness: inout SeededRandomness) -> Bool {
        let share = shares[Self.bucket(count)]
        return count > 0 && share > 0 && randomness.nextUnit() < share
    }

    private static func bucket(_ count: Int) -> Int { 63 - (count + 1).leadingZeroBitCount }
}
