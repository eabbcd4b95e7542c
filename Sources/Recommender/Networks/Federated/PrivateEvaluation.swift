internal import Foundation

/// Measuring how well a network ranks by private sums while it trains, overall and for groups of
/// people, and stopping once that no longer rises.
///
/// A device keeps its last interaction out of training and ranks it before each of these sums. It
/// adds to three coordinates of its group: one for a miss, one for a hit, and the NDCG of the list:
/// a norm of at most sqrt(2).
package struct PrivateEvaluation: Sendable, Hashable {
    /// How many rounds of training lie between two sums; the last comes after all of them.
    package var interval: Int
    /// The share of the budget (of rho) that all of these sums spend, over 0 and under 1.
    package var budgetShare: Double
    /// After how many sums without a new best training stops; 0 to go on to the end.
    package var patience: Int
    /// The lengths of histories at which groups after the first begin, in any order.
    package var groupStarts: [Int]
    /// What is ranked among what.
    package var ranking: RankingEvaluation.Configuration

    /// Collects settings.
    package init(
        interval: Int, budgetShare: Double = 0.1, patience: Int = 0,
        groupStarts: [Int] = [20, 100],
        ranking: RankingEvaluation.Configuration = .init()
    ) {
        precondition(interval > 0 && budgetShare > 0 && budgetShare < 1)
        self.interval = interval
        self.budgetShare = budgetShare
        self.patience = patience
        self.groupStarts = groupStarts
        self.ranking = ranking
    }

    /// The settings beside the interval, as scenarios list them.
    package static var settings: [NetworkSetting<Self>] {
        [
            .number("measureShare", \.budgetShare, 0.001...0.9),
            .integer("patience", \.patience, 0...100_000),
            .integers("measureGroups", \.groupStarts, 1...1_000_000),
        ]
    }

    /// The length of a sum: misses, hits and NDCG of each group.
    var dimension: Int { 3 * (groupStarts.count + 1) }

    /// The greatest norm of what a device adds.
    static var norm: Double { 2.0.squareRoot() }

    /// What a device adds.
    ///
    /// - Parameters:
    ///   - rank: The rank of what it kept out of training, from 0; nil where it had nothing to keep.
    ///   - length: The length of its history.
    func statistic(rank: Int?, length: Int) -> Statistic {
        guard let rank else { return Statistic(rows: [], width: dimension, values: []) }
        var values = [Float](repeating: 0, count: dimension)
        let first = 3 * groupStarts.count { $0 <= length }
        let isHit = rank < ranking.cutoff
        values[first + (isHit ? 1 : 0)] = 1
        if isHit { values[first + 2] = Float(1 / log2(Double(rank) + 2)) }
        return Statistic(dense: values)
    }

    /// What a sum says.
    func quality(in sum: NoisySum) -> MeasuredQuality {
        precondition(sum.values.count == dimension, "another query's sum")
        let variance = sum.noiseStandardDeviation * sum.noiseStandardDeviation
        let starts = [0] + groupStarts.sorted()
        func group(_ groups: Range<Int>, isPart: Bool = true) -> MeasuredQuality.Group {
            func total(_ coordinate: Int) -> Double {
                groups.reduce(0) { $0 + Double(sum.values[3 * $1 + coordinate]) }
            }
            let noise = variance * Double(groups.count)
            let share = NoisyShare(
                part: total(1), partVariance: noise, rest: total(0), restVariance: noise,
                deviations: normalDeviations(confidence: 0.95))
            let people = total(0) + total(1)
            return MeasuredQuality.Group(
                shortestHistory: isPart ? starts[groups.lowerBound] : nil,
                longestHistory: groups.upperBound < starts.count
                    ? starts[groups.upperBound] - 1 : nil,
                people: max(0, people), hitRate: share.value,
                lowest: share.interval.lowerBound, highest: share.interval.upperBound,
                ndcg: people > 0 ? min(max(total(2) / people, 0), 1) : 0)
        }
        return MeasuredQuality(
            cutoff: ranking.cutoff, all: group(starts.indices, isPart: false),
            groups: starts.count == 1
                ? [] : starts.indices.map { group($0..<$0 + 1) })
    }
}

/// How well a model ranks, as a private sum shows it: no more is known to whoever trains it.
public struct MeasuredQuality: Sendable, Hashable, Codable {
    /// A group of people, or all.
    public struct Group: Sendable, Hashable, Codable {
        /// The shortest history of the group; nil for all people.
        public var shortestHistory: Int?
        /// The longest history of the group; nil for all people, and where there is none.
        public var longestHistory: Int?
        /// About how many people are in the sum.
        public var people: Double
        /// The share of people whose last item was in their list, estimated.
        public var hitRate: Double
        /// Where the share of those in the sum lies with 95 % confidence: the lower end.
        public var lowest: Double
        /// The upper end.
        public var highest: Double
        /// The mean NDCG, estimated.
        public var ndcg: Double

        /// The lengths of the group's histories in words: "20 to 99".
        public var lengths: String {
            guard let shortestHistory else { return "all" }
            return "\(shortestHistory) " + (longestHistory.map { "to \($0)" } ?? "and more")
        }
    }

    /// The length of a list.
    public var cutoff: Int
    /// All people.
    public var all: Group
    /// The groups, those of short histories first; empty where there is one.
    public var groups: [Group]
}
