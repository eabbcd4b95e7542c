/// What each user has spent: every user has a filter of their own, to which only the rounds count
/// that they took part in (Feldman and Zrnic 2021, arXiv 2008.11193; Rogers, Roth, Ullman and
/// Vadhan 2016, arXiv 1605.08294, for filters in general).
///
/// An individual loss depends on the user's participations, which may be secret: it is for the
/// user, and for the one who runs the rounds, who knows them anyway. To publish it would be another
/// release.
public struct IndividualAccounts: Sendable {
    /// The filter that every user starts with.
    public let filter: PrivacyFilter
    private var spent: [Double]

    /// Accounts of which nothing is spent.
    public init(users: Int, filter: PrivacyFilter) {
        self.filter = filter
        spent = [Double](repeating: filter.spent, count: users)
    }

    /// Those of `users` whose budget an event of a cost still fits; the others must be left out.
    public func admitted(_ users: [Int], cost: Double) -> [Int] {
        users.filter { spent[$0].addingUp(cost) <= filter.limit }
    }

    /// Charges an event to those who took part in it, beyond their budget as well: what has
    /// happened has to be counted.
    public mutating func charge(_ users: [Int], cost: Double) {
        for user in users { spent[user] = spent[user].addingUp(cost) }
    }

    /// The epsilon of one user.
    public func epsilon(of user: Int) throws(DifferentialPrivacyError) -> Double {
        try filter.epsilon(spent: spent[user])
    }

    /// The largest sum of costs of a user.
    public var largestSpent: Double { spent.max() ?? 0 }

    /// The losses of a population.
    public struct Distribution: Sendable, Hashable, Codable {
        /// Of the user who spent most.
        public var worst: Double
        /// What nine in ten users do not exceed.
        public var ninetiethPercentile: Double
        /// What every other user does not exceed.
        public var median: Double
        /// Of the user who spent least.
        public var least: Double
        /// The share of users who can take part no more in an event that costs as much as the
        /// dearest so far did.
        public var exhaustedShare: Double

        /// Collects figures.
        public init(
            worst: Double, ninetiethPercentile: Double, median: Double, least: Double,
            exhaustedShare: Double
        ) {
            self.worst = worst
            self.ninetiethPercentile = ninetiethPercentile
            self.median = median
            self.least = least
            self.exhaustedShare = exhaustedShare
        }
    }

    /// The distribution of epsilon over the users.
    ///
    /// - Parameter cost: Of the next event, for ``Distribution/exhaustedShare``.
    public func distribution(next cost: Double) throws(DifferentialPrivacyError) -> Distribution {
        let sorted = spent.sorted()
        func epsilon(_ share: Double) throws(DifferentialPrivacyError) -> Double {
            guard !sorted.isEmpty else { return 0 }
            let index = Int((share * Double(sorted.count - 1)).rounded(.up))
            return try filter.epsilon(spent: sorted[index])
        }
        let exhausted = spent.count { $0.addingUp(cost) > filter.limit }
        return Distribution(
            worst: try epsilon(1), ninetiethPercentile: try epsilon(0.9), median: try epsilon(0.5),
            least: try epsilon(0),
            exhaustedShare: spent.isEmpty ? 0 : Double(exhausted) / Double(spent.count))
    }
}
