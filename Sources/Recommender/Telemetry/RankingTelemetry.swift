/// How well rankings do on the devices that show them, as one private sum: how many lists were
/// shown, in how many of them something was taken up, and which groups of items were shown.
///
/// A group is a category, or a decile of popularity. A device counts at most ``listLimit`` lists of
/// a period and, of each, the first ``depth`` items. Its statistic has 2 + ``groupCount``
/// coordinates: with n the number of lists counted,
///
///     misses / n_max, hits / n_max, and for each group (items shown of it) / (n_max depth)
///
/// where n_max = `listLimit`. Misses and hits add up to n and the items shown to at most n depth, so
/// that the L1 norm, and with it the L2 norm, of either part is at most 1, and that of the whole at
/// most sqrt(2): the sensitivity of the sum where a person is added, removed or replaced by zero.
/// Nothing is ever clipped, so that nothing is biased but by the limit itself.
public struct RankingTelemetry: Sendable, Hashable {
    /// The most lists that one device counts.
    public let listLimit: Int
    /// The number of items at the top of a list that count.
    public let depth: Int
    /// The number of groups of items.
    public let groupCount: Int
    /// How items are grouped and what a hit is, such as "deciles of popularity, hits within a day".
    public let basis: String

    /// One list that was shown.
    public struct ShownList: Sendable, Hashable {
        /// Whether one of its first items was taken up.
        public var isHit: Bool
        /// The groups of its items, the first items first; those that are not below the number of
        /// groups are left out.
        public var groups: [Int]

        /// Describes a list.
        public init(isHit: Bool, groups: [Int]) {
            self.isHit = isHit
            self.groups = groups
        }
    }

    /// Measures up to `listLimit` lists a device, `depth` items deep, over `groupCount` groups; all
    /// at least 1.
    ///
    /// - Parameter basis: How items are grouped and what a hit is. Devices and coordinator have to say
    ///   the same: it is part of the query's name.
    public init(listLimit: Int, depth: Int, groupCount: Int, basis: String) {
        precondition(listLimit >= 1 && depth >= 1 && groupCount >= 1, "there is nothing to count")
        self.listLimit = listLimit
        self.depth = depth
        self.groupCount = groupCount
        self.basis = basis
    }

    /// The number of coordinates.
    public var dimension: Int { 2 + groupCount }

    /// The private sum. Its name has all that its coordinates depend on, so that none are summed that
    /// do not mean the same.
    ///
    /// - Parameter budgetShare: Its share of the privacy budget of its task.
    public func query(budgetShare: Double = 1) -> SumQuery {
        SumQuery(
            name: "ranking telemetry: \(listLimit) lists, \(depth) deep, \(groupCount) groups, "
                + basis,
            dimension: dimension, clippingNorm: 2.0.squareRoot(), budgetShare: budgetShare,
            broadcastByteCount: 0)
    }

    /// One device's contribution.
    ///
    /// - Parameter lists: What was shown, the newest last; older ones than the last ``listLimit``
    ///   are left out.
    public func statistic(of lists: some BidirectionalCollection<ShownList>) -> Statistic {
        var counts = [Int](repeating: 0, count: dimension)
        for shown in lists.suffix(listLimit) {
            counts[shown.isHit ? 1 : 0] += 1
            for group in shown.groups.prefix(depth) where (0..<groupCount).contains(group) {
                counts[2 + group] += 1
            }
        }
        // Divided once each: sums of rounded shares would come to more than 1.
        let most = Double(listLimit)
        return Statistic(
            dense: counts.enumerated().map { place, count in
                Float(Double(count) / (place < 2 ? most : most * Double(depth)))
            })
    }

    /// What a noisy sum of such statistics says.
    ///
    /// - Parameter sum: A sum of ``dimension`` coordinates.
    public func estimate(from sum: NoisySum) -> RankingTelemetryEstimate {
        RankingTelemetryEstimate(self, sum)
    }
}
