/// Draws from a discrete distribution in constant time: Vose, "A linear algorithm for generating random
/// numbers with a given distribution", IEEE TSE 17(9), 1991.
package struct AliasTable: Sendable {
    private let thresholds: [Float]
    private let aliases: [Int32]

    /// - Parameter weights: Of each number from 0, not negative, finite, one or more over 0.
    package init(_ weights: [Double]) {
        let sum = weights.reduce(0, +)
        precondition(sum > 0 && sum.isFinite && weights.allSatisfy { $0 >= 0 })
        var rest = weights.map { $0 / sum * Double(weights.count) }
        var small = rest.indices.filter { rest[$0] < 1 }
        var large = rest.indices.filter { rest[$0] >= 1 }
        var thresholds = [Float](repeating: 1, count: weights.count)
        var aliases = weights.indices.map { Int32($0) }
        while let less = small.popLast(), let more = large.last {
            thresholds[less] = Float(rest[less])
            aliases[less] = Int32(more)
            rest[more] -= 1 - rest[less]
            if rest[more] < 1 { small.append(large.removeLast()) }
        }
        self.thresholds = thresholds
        self.aliases = aliases
    }

    /// Draws a number.
    package func draw(_ random: inout SplitMix64) -> Int32 {
        let place = random.next(below: thresholds.count)
        return random.nextUniform() < thresholds[place] ? Int32(place) : aliases[place]
    }
}
