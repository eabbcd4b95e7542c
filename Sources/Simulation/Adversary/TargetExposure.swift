public import Recommender

/// How many people a target item is shown to: what an attack that promotes it is after.
///
/// Counted over people who do not know the target. Made of whole numbers, so that it is the same in
/// whatever order people are counted.
public struct TargetExposure: Sendable, Hashable {
    /// How many people there are.
    public private(set) var people = 0
    /// How many of them have it among their first K of all unseen items.
    public private(set) var shown = 0
    /// The sum of its ranks among all unseen items, from 0.
    public private(set) var rankSum = 0
    /// How many have it among the first K of the sampled items.
    public private(set) var sampledHits = 0

    /// What the ranking of one person does with the target.
    public struct Outcome: Sendable, Hashable {
        /// The rank among all unseen items, from 0.
        public var rank: Int
        /// Whether it is among the first K of them.
        public var isShown: Bool
        /// Whether it is among the first K of the sampled items.
        public var isSampledHit: Bool
    }

    /// Nobody's.
    public init() {}

    /// The outcome for one person: the target takes the place of held-out items in an evaluation, and
    /// meets the same sampled items as they would.
    ///
    /// - Parameters:
    ///   - target: The item.
    ///   - scores: A score for each item of the catalogue.
    ///   - user: The person's number.
    ///   - seen: The items that the person knows.
    ///   - evaluation: How rankings are judged.
    /// - Returns: nil where the person knows the target.
    public static func outcome(
        of target: Int, scores: [Float], user: Int, seen: some Sequence<Int32>,
        in evaluation: RankingEvaluation
    ) -> Outcome? {
        let seen = Array(seen)
        let cutoff = evaluation.configuration.cutoff
        guard !seen.contains(Int32(target)),
            let outcome = evaluation.outcome(
                scores: scores, user: user, seen: seen, targets: [Int32(target)])
        else { return nil }
        return Outcome(
            rank: outcome.fullRanks[0], isShown: outcome.fullRanks[0] < cutoff,
            isSampledHit: outcome.sampledRanks[0] < cutoff)
    }

    /// Counts one person.
    public mutating func add(_ outcome: Outcome) {
        people += 1
        shown += outcome.isShown ? 1 : 0
        rankSum += outcome.rank
        sampledHits += outcome.isSampledHit ? 1 : 0
    }

    /// Counts other people as well.
    public static func += (left: inout Self, right: Self) {
        left.people += right.people
        left.shown += right.shown
        left.rankSum += right.rankSum
        left.sampledHits += right.sampledHits
    }

    /// The share of people to whom the target is shown; 0 without people.
    public var share: Double { mean(of: shown) }
    /// The mean rank among all unseen items, from 0; 0 without people.
    public var meanRank: Double { mean(of: rankSum) }
    /// The share of people who have it among the first K of the sampled items; 0 without people.
    public var sampledHitRate: Double { mean(of: sampledHits) }

    private func mean(of sum: Int) -> Double { people > 0 ? Double(sum) / Double(people) : 0 }
}

extension TargetExposure: Codable {
    private enum CodingKeys: String, CodingKey {
        case people, shown, rankSum, sampledHits, share, meanRank, sampledHitRate
    }

    /// Writes the counts, and the shares that follow from them.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(people, forKey: .people)
        try container.encode(shown, forKey: .shown)
        try container.encode(rankSum, forKey: .rankSum)
        try container.encode(sampledHits, forKey: .sampledHits)
        try container.encode(share, forKey: .share)
        try container.encode(meanRank, forKey: .meanRank)
        try container.encode(sampledHitRate, forKey: .sampledHitRate)
    }

    /// Reads the counts.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        people = try container.decode(Int.self, forKey: .people)
        shown = try container.decode(Int.self, forKey: .shown)
        rankSum = try container.decode(Int.self, forKey: .rankSum)
        sampledHits = try container.decode(Int.self, forKey: .sampledHits)
    }
}
