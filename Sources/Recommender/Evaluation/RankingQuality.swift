internal import Foundation

/// How well a model ranks for a population, and what its lists look like as a whole.
///
/// As JSON, with a cutoff of 10:
///
///     {"people": 6040, "hr@10": 0.7, "ndcg@10": 0.42, "recall@10": 0.7, "mrr": 0.36,
///      "full": {"hr@10": 0.18, "ndcg@10": 0.1, "recall@10": 0.18, "mrr": 0.09},
///      "coverage@10": 0.4, "gini@10": 0.9, "novelty@10": 9.8}
public struct RankingQuality: Sendable, Hashable {
    /// The length of a list of recommendations, K.
    public var cutoff: Int
    /// How many people had a target.
    public var people: Int
    /// Accuracy among sampled items.
    public var sampled: RankingMetrics
    /// Accuracy among all unseen items.
    public var full: RankingMetrics
    /// The share of the catalogue that is in somebody's first K.
    public var coverage: Double
    /// The Gini coefficient of the number of lists that an item is in, over the whole catalogue: 0
    /// if all items are recommended equally often, near 1 if a few are to everybody.
    public var exposureGini: Double
    /// The mean self-information of recommended items in bits, -log2 of the item's share of all
    /// training interactions, an item without any counting as one with one. Source: Zhou et al.,
    /// "Solving the apparent diversity-accuracy dilemma of recommender systems", PNAS 107(10), 2010.
    public var novelty: Double

    /// Sums up the outcomes of all people.
    ///
    /// - Parameters:
    ///   - outcomes: In the order of the people; nil where there was no target.
    ///   - popularity: How often each item of the catalogue occurs in training.
    ///   - cutoff: The K that the outcomes were made with.
    public init(outcomes: [RankingEvaluation.Outcome?], popularity: [Int], cutoff: Int) {
        self.cutoff = cutoff
        let found = outcomes.compactMap { $0 }
        people = found.count
        sampled = RankingMetrics(ranks: found.lazy.map(\.sampledRanks), cutoff: cutoff)
        full = RankingMetrics(ranks: found.lazy.map(\.fullRanks), cutoff: cutoff)
        var exposure = [Int](repeating: 0, count: popularity.count)
        for outcome in found {
            for item in outcome.recommended { exposure[Int(item)] += 1 }
        }
        let shown = exposure.reduce(0, +)
        let exposed = exposure.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
        coverage = popularity.isEmpty ? 0 : Double(exposed) / Double(popularity.count)
        exposureGini = Self.gini(of: exposure)
        let total = Double(max(1, popularity.reduce(0, +)))
        var information = 0.0
        for (item, count) in exposure.enumerated() where count > 0 {
            information -= Double(count) * log2(Double(max(1, popularity[item])) / total)
        }
        novelty = shown > 0 ? information / Double(shown) : 0
    }

    /// The Gini coefficient of counts: the mean absolute difference of two items drawn at random,
    /// over twice the mean; 0 for no counts.
    package static func gini(of counts: [Int]) -> Double {
        let sum = counts.reduce(0, +)
        guard sum > 0 else { return 0 }
        var weighted = 0.0
        for (index, count) in counts.sorted().enumerated() {
            weighted += Double(2 * index + 1 - counts.count) * Double(count)
        }
        return weighted / (Double(counts.count) * Double(sum))
    }
}

extension RankingQuality: Codable {
    private struct Key: CodingKey, Hashable {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Writes the keys shown above.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(people, forKey: Key("people"))
        try Self.encode(sampled, cutoff, into: &container)
        var nested = container.nestedContainer(keyedBy: Key.self, forKey: Key("full"))
        try Self.encode(full, cutoff, into: &nested)
        try container.encode(coverage, forKey: Key("coverage@\(cutoff)"))
        try container.encode(exposureGini, forKey: Key("gini@\(cutoff)"))
        try container.encode(novelty, forKey: Key("novelty@\(cutoff)"))
    }

    /// Reads the keys shown above.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let prefix = "hr@"
        guard
            let name = container.allKeys.map(\.stringValue).first(where: { $0.hasPrefix(prefix) }),
            let cutoff = Int(name.dropFirst(prefix.count))
        else {
            throw DecodingError.keyNotFound(
                Key("hr@10"),
                .init(codingPath: decoder.codingPath, debugDescription: "no key 'hr@K'"))
        }
        self.cutoff = cutoff
        people = try container.decode(Int.self, forKey: Key("people"))
        sampled = try Self.metrics(container, cutoff)
        full = try Self.metrics(
            container.nestedContainer(keyedBy: Key.self, forKey: Key("full")), cutoff)
        coverage = try container.decode(Double.self, forKey: Key("coverage@\(cutoff)"))
        exposureGini = try container.decode(Double.self, forKey: Key("gini@\(cutoff)"))
        novelty = try container.decode(Double.self, forKey: Key("novelty@\(cutoff)"))
    }

    private static func encode(
        _ metrics: RankingMetrics, _ cutoff: Int, into container: inout KeyedEncodingContainer<Key>
    ) throws {
        try container.encode(metrics.hitRate, forKey: Key("hr@\(cutoff)"))
        try container.encode(metrics.ndcg, forKey: Key("ndcg@\(cutoff)"))
        try container.encode(metrics.recall, forKey: Key("recall@\(cutoff)"))
        try container.encode(metrics.meanReciprocalRank, forKey: Key("mrr"))
    }

    private static func metrics(
        _ container: KeyedDecodingContainer<Key>, _ cutoff: Int
    ) throws -> RankingMetrics {
        var metrics = RankingMetrics(ranks: [[Int]](), cutoff: cutoff)
        metrics.hitRate = try container.decode(Double.self, forKey: Key("hr@\(cutoff)"))
        metrics.ndcg = try container.decode(Double.self, forKey: Key("ndcg@\(cutoff)"))
        metrics.recall = try container.decode(Double.self, forKey: Key("recall@\(cutoff)"))
        metrics.meanReciprocalRank = try container.decode(Double.self, forKey: Key("mrr"))
        return metrics
    }
}
