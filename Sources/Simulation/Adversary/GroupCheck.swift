internal import Recommender

/// What is odd about the sums of a round's groups: the lengths of their means and how they point,
/// against those of the others, without what noise alone would do.
///
/// Noise in d coordinates of standard deviation s lengthens a squared norm by d s² on average, give or
/// take s² √(2 d), and leaves the inner product of two groups as it is on average. A score says how
/// far a group is from the median of all, in units of what is usual: the larger of what noise alone
/// does, and of the spread among the groups (1.4826 times the median distance from the median, which
/// for normal values is the standard deviation; Iglewicz and Hoaglin, "How to detect and handle
/// outliers", 1993, who flag scores above 3.5). Of ten honest groups that differ by noise alone, about
/// one in 1,500 is flagged at 3.5.
public struct GroupCheck: Sendable, Hashable, Codable {
    /// What was found of one group.
    public struct Finding: Sendable, Hashable, Codable {
        /// The number of devices.
        public var contributors: Int
        /// The norm of the mean contribution, noise taken off; 0 where there is less than noise
        /// gives.
        public var norm: Double
        /// The cosine with the mean of the other groups, noise taken off; nil where one of the two
        /// is not longer than noise gives.
        public var cosine: Double?
        /// How unusual the norm is; above 0 where it is long.
        public var normScore: Double
        /// How unusual the inner product with the other groups is; below 0 where it is small.
        public var alignmentScore: Double
        /// Whether the group is to be left out.
        public var isFlagged: Bool
    }

    /// The groups in order.
    public var groups: [Finding]
}

extension GroupCheck {
    /// The fewest groups that can tell which of them is odd.
    private static let fewestGroups = 3

    /// Looks at the groups of a round.
    ///
    /// - Parameters:
    ///   - means: The groups.
    ///   - products: What ``GroupMeans/innerProducts()`` gave.
    ///   - threshold: Groups are flagged from this score on: of a norm either way, of an inner
    ///     product that is too small. Never as many as half of the groups.
    init(_ means: GroupMeans, products: [Double], threshold: Double) {
        let count = means.count
        let dimension = Double(means.dimension)
        let variances = means.deviations.map { $0 * $0 }
        func product(_ i: Int, _ j: Int) -> Double { products[i * count + j] }

        let squares = (0..<count).map { product($0, $0) - dimension * variances[$0] }
        let usualSquare = max(0, squares.median)
        let normScores = squares.scores { group in
            let variance = variances[group]
            return (2 * dimension * variance * variance + 4 * variance * usualSquare).squareRoot()
        }

        // The mean of the others: its inner product with the group, its square, its noise.
        let others = Double(max(1, count - 1))
        let total = products.reduce(0, +)
        let totalVariance = variances.reduce(0, +)
        let along = (0..<count).map { group in
            ((0..<count).reduce(0) { $0 + product(group, $1) } - product(group, group)) / others
        }
        let otherVariances = variances.map { (totalVariance - $0) / (others * others) }
        let otherSquares = (0..<count).map { group in
            (total - 2 * others * along[group] - product(group, group)) / (others * others)
                - dimension * otherVariances[group]
        }
        let alignmentScores = along.scores { group in
            let (own, other) = (variances[group], otherVariances[group])
            return
                (dimension * own * other + own * max(0, otherSquares[group])
                + other * usualSquare).squareRoot()
        }

        groups = (0..<count).map { group in
            let lengths = squares[group] * otherSquares[group]
            return Finding(
                contributors: means.sums[group].contributors,
                norm: max(0, squares[group]).squareRoot(),
                cosine: squares[group] > 0 && otherSquares[group] > 0
                    ? min(1, max(-1, along[group] / lengths.squareRoot())) : nil,
                normScore: normScores[group], alignmentScore: alignmentScores[group],
                isFlagged: false)
        }
        guard count >= Self.fewestGroups else { return }
        let oddity = groups.map { max(abs($0.normScore), -$0.alignmentScore) }
        let flagged = oddity.indices.filter { oddity[$0] >= threshold }
            .sorted { (oddity[$1], $0) < (oddity[$0], $1) }
        for group in flagged.prefix((count - 1) / 2) { groups[group].isFlagged = true }
    }
}

extension [Double] {
    /// The middle value, or the mean of both.
    fileprivate var median: Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }

    /// How far each value is from the median, in units of its own noise or of the spread of all,
    /// whichever is larger; 0 where there is neither.
    fileprivate func scores(noise: (Int) -> Double) -> [Double] {
        let median = median
        let spread = 1.4826 * map { abs($0 - median) }.median
        return indices.map { index in
            let unit = Swift.max(noise(index), spread)
            return unit > 0 ? (self[index] - median) / unit : 0
        }
    }
}
