internal import Sodium

/// At which parts of a history items of which popularity come: people begin with what everybody has, and
/// come to the rare later.
struct PositionTilt {
    /// The logarithm of how often each item occurs.
    private let classes: [UInt8]
    /// The odds that an item is taken when it comes up, by part and class.
    private var odds: [Float]
    private var factors: [Double]

    private static let parts = 8
    private static let classCount = 32

    /// No tilt.
    init(counts: [Int]) {
        classes = counts.map { UInt8(min(63 - ($0 + 1).leadingZeroBitCount, Self.classCount - 1)) }
        odds = [Float](repeating: 1, count: Self.parts * Self.classCount)
        factors = [Double](repeating: 1, count: odds.count)
    }

    /// Where an interaction belongs of which so many were before, of so many in all.
    static func part(_ position: Int, of length: Int) -> Int { parts * position / max(length, 1) }

    /// How many interactions of `histories` are of each part and class.
    func count(_ histories: some Sequence<[Int32]>) -> [Int] {
        var result = [Int](repeating: 0, count: odds.count)
        for history in histories {
            for (position, item) in history.enumerated() {
                result[place(position, history, item)] += 1
            }
        }
        return result
    }

    private func place(_ position: Int, _ history: [Int32], _ item: Int32) -> Int {
        Self.part(position, of: history.count) * Self.classCount + Int(classes[Int(item)])
    }

    /// Changes the odds so that a population with the counts `sampled` comes closer to `wanted`.
    mutating func improve(from sampled: [Int], to wanted: [Int]) {
        let scale = Double(wanted.reduce(0, +)) / Double(max(sampled.reduce(0, +), 1))
        for place in factors.indices {
            factors[place] *= (Double(wanted[place]) + 10) / (Double(sampled[place]) * scale + 10)
        }
        for part in 0..<Self.parts {
            let range = part * Self.classCount..<(part + 1) * Self.classCount
            // Odds beyond twice the mean are cut off, so that at least about half of all items are taken.
            let all = range.reduce(0) { $0 + wanted[$1] }
            let mean =
                range.reduce(0.0) { $0 + Double(wanted[$1]) * factors[$1] } / Double(max(all, 1))
            for place in range where mean > 0 {
                factors[place] = min(factors[place] / mean, 2)
                odds[place] = Float(factors[place] / 2)
            }
        }
    }

    /// Whether an item that came up is taken.
    func takes(_ item: Int, part: Int, _ randomness: inout SeededRandomness) -> Bool {
        let odds = odds[part * Self.classCount + Int(classes[item])]
        return odds >= 1 || Float(randomness.next() >> 40) * 0x1p-24 < odds
    }
}
