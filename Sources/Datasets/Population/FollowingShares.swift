/// What the next item follows from: the last item, the taste that it was chosen by, or another
/// taste. The weights of the three in a mixture, fitted to steps that are taken out of the counts they are
/// judged by (deleted interpolation; Jelinek and Mercer 1980), by how many steps there are from an item.
struct FollowingShares {
    /// The probability that what comes after an item is one of its successors.
    let following: [Float]
    /// The probability that otherwise it is of the same taste.
    let staying: [Float]

    private struct Step {
        var bucket: Int
        /// How probable it is by a successor, the same taste and another taste; 0.
        var probabilities: SIMD4<Float>
    }

    /// How many steps are judged; each costs as much as dozens of draws.
    private static let mostSteps = 200_000
    private static let buckets = 32

    init(_ histories: [[Int32]], _ tastes: TasteComponents, _ successors: Successors) {
        let totals = (0..<successors.itemCount).map(successors.total)
        let all = histories.reduce(0) { $0 + max($1.count - 1, 0) }
        let stride = max(1, all / Self.mostSteps)
        let parts = mapInParallel(8) { part in
            var steps: [Step] = []
            var number = 0
            for person in histories.count * part / 8..<histories.count * (part + 1) / 8 {
                for (last, next) in zip(histories[person], histories[person].dropFirst())
                where last != next {
                    number += 1
                    guard number % stride == 0 else { continue }
                    let total = totals[Int(last)]
                    let others = successors.count(Int(last), Int(next)) - 1
                    let taste = tastes.probability(
                        of: Int(next), after: Int(last), person: person)
                    steps.append(
                        Step(
                            bucket: Self.bucket(total),
                            probabilities: SIMD4(
                                total > 1 ? others / (total - 1) : 0,
                                taste.stayed, taste.drawn, 0)))
                }
            }
            return steps
        }
        let weights = Self.fit(parts.flatMap { $0 })
        let ofItems = totals.map { weights[Self.bucket($0)] }
        following = ofItems.map(\.x)
        staying = ofItems.map { $0.y / max($0.y + $0.z, 0x1p-20) }
    }

    /// Expectation maximisation of the weights in each bucket.
    private static func fit(_ steps: [Step]) -> [SIMD4<Float>] {
        var weights = [SIMD4<Float>](repeating: SIMD4(0.3, 0.3, 0.4, 0), count: buckets)
        for _ in 0..<20 {
            // Without steps to judge by, another taste.
            var sums = [SIMD4<Float>](repeating: SIMD4(0, 0, 1, 0), count: buckets)
            for step in steps {
                let odds = weights[step.bucket] * step.probabilities
                let all = odds.x + odds.y + odds.z
                if all > 0 { sums[step.bucket] += odds / all }
            }
            weights = sums.map { $0 / ($0.x + $0.y + $0.z) }
        }
        return weights
    }

    private static func bucket(_ total: Float) -> Int {
        31 - (UInt32(total) + 1).leadingZeroBitCount
    }
}
