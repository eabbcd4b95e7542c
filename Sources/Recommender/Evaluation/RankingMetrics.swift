internal import Foundation

/// Mean accuracy of rankings over the people evaluated, each from 0 to 1.
///
/// With one target a person (leave-one-out), HR@K and Recall@K are the same. Source of the
/// definitions: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM
/// TOIS 20(4), 2002, for NDCG; Voorhees, TREC-8, 1999, for MRR.
public struct RankingMetrics: Sendable, Hashable {
    /// HR@K: the share of people with a target among the first K.
    public var hitRate: Double
    /// NDCG@K: the sum of 1 / log2(rank + 2) over targets among the first K, ranks from 0, over the
    /// largest possible such sum.
    public var ndcg: Double
    /// Recall@K: the share of a person's targets that are among the first K.
    public var recall: Double
    /// MRR: 1 / (rank + 1) of a person's best target, not cut off at K.
    public var meanReciprocalRank: Double

    /// The means over people of the ranks of each one's targets, from 0; no one gives zeros.
    ///
    /// Sums run in the order of the array, so that the result is always the same.
    public init(ranks: some Sequence<[Int]>, cutoff: Int) {
        var (hits, gain, recalled, reciprocal, people) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for targets in ranks {
            guard let best = targets.min() else { continue }
            let among = targets.filter { $0 < cutoff }
            let ideal = (0..<min(cutoff, targets.count)).reduce(0) { $0 + Self.discount($1) }
            // Targets that tie may share a rank; no list is better than the ideal one.
            let gained = among.sorted().reduce(0) { $0 + Self.discount($1) }
            hits += among.isEmpty ? 0 : 1
            gain += ideal > 0 ? min(1, gained / ideal) : 0
            recalled += Double(among.count) / Double(targets.count)
            reciprocal += 1 / Double(best + 1)
            people += 1
        }
        let scale = people > 0 ? 1 / people : 0
        hitRate = hits * scale
        ndcg = gain * scale
        recall = recalled * scale
        meanReciprocalRank = reciprocal * scale
    }

    private static func discount(_ rank: Int) -> Double { 1 / log2(Double(rank) + 2) }
}
