internal import Learning

/// Ranks a person's held-out items among those that the person has not seen.
///
/// Two protocols at once: *full* ranks each target among all unseen items; *sampled* among a fixed
/// number of unseen items drawn uniformly (He et al., "Neural collaborative filtering", WWW 2017,
/// section 4.1, with 99). Sampled figures are easier and can order models differently (Krichene and
/// Rendle, "On sampled metrics for item recommendation", KDD 2020): compare them only with sampled
/// figures. The draw depends on the seed, the person's number and what the person has seen, never
/// on the scores, so that every model meets the same negatives.
///
/// **Ties.** A target comes after every better item and after half, rounded up, of those that score
/// the same, so that a model that gives all items one score ranks targets in the middle. A score
/// that is NaN counts as the lowest possible.
///
/// Evaluate each person on any thread, keep the outcomes in an array by person and reduce it with
/// ``RankingQuality``: the result does not depend on how the people were divided.
public struct RankingEvaluation: Sendable {
    /// The settings of an evaluation.
    public struct Configuration: Sendable, Hashable, Codable {
        /// The K of HR@K, NDCG@K and the rest: the length of a list of recommendations.
        public var cutoff: Int
        /// How many unseen items each target is ranked among in the sampled protocol.
        public var negatives: Int
        /// The seed of the draws.
        public var seed: UInt64

        /// The usual settings unless told otherwise.
        public init(cutoff: Int = 10, negatives: Int = 99, seed: UInt64 = 0) {
            self.cutoff = cutoff
            self.negatives = negatives
            self.seed = seed
        }
    }

    /// What one person's evaluation found.
    public struct Outcome: Sendable, Hashable {
        /// Each target's rank among the sampled items, from 0, in the order of the targets.
        public var sampledRanks: [Int]
        /// Each target's rank among all unseen items, from 0, in the order of the targets.
        public var fullRanks: [Int]
        /// The best unseen items, best first, at most `cutoff`; equal scores in item order.
        public var recommended: [Int32]

        /// Describes one person's rankings.
        package init(sampledRanks: [Int], fullRanks: [Int], recommended: [Int32]) {
            self.sampledRanks = sampledRanks
            self.fullRanks = fullRanks
            self.recommended = recommended
        }
    }

    /// The settings.
    public let configuration: Configuration
    /// The number of items of the catalogue.
    public let itemCount: Int

    /// An evaluation over a catalogue of `itemCount` items.
    public init(_ configuration: Configuration = Configuration(), itemCount: Int) {
        self.configuration = configuration
        self.itemCount = itemCount
    }

    /// Ranks one person's targets.
    ///
    /// - Parameters:
    ///   - scores: A score for each item of the catalogue.
    ///   - user: The person's number; selects the draw.
    ///   - seen: Items left out of the ranking, in any order, repeats allowed; a target that is
    ///     also seen is ranked all the same.
    ///   - targets: The held-out items. Repeats count once.
    /// - Returns: nil if there is no target.
    public func outcome(
        scores: [Float], user: Int, seen: some Sequence<Int32>, targets: some Sequence<Int32>
    ) -> Outcome? {
        precondition(scores.count == itemCount, "a score is needed for each item")
        var isTarget = [Bool](repeating: false, count: itemCount)
        var wanted: [Int] = []
        for target in targets where !isTarget[Int(target)] {
            isTarget[Int(target)] = true
            wanted.append(Int(target))
        }
        guard !wanted.isEmpty else { return nil }
        // What may not be drawn: seen items and targets.
        var isExcluded = isTarget
        var hidden: [Int] = []
        for item in seen where !isExcluded[Int(item)] {
            isExcluded[Int(item)] = true
            hidden.append(Int(item))
        }
        var ordered = scores
        for index in ordered.indices where ordered[index].isNaN { ordered[index] = -.infinity }
        let negatives = draw(
            user: user, excluded: isExcluded, available: itemCount - hidden.count - wanted.count)

        var outcome = Outcome(sampledRanks: [], fullRanks: [], recommended: [])
        for target in wanted {
            let score = ordered[target]
            var better = 0
            var equal = -1
            for other in ordered {
                better += other > score ? 1 : 0
                equal += other == score ? 1 : 0
            }
            for item in hidden {
                better -= ordered[item] > score ? 1 : 0
                equal -= ordered[item] == score ? 1 : 0
            }
            outcome.fullRanks.append(better + (equal + 1) / 2)
            better = 0
            equal = 0
            for item in negatives {
                better += ordered[item] > score ? 1 : 0
                equal += ordered[item] == score ? 1 : 0
            }
            outcome.sampledRanks.append(better + (equal + 1) / 2)
        }
        for item in hidden { ordered[item] = .nan }
        outcome.recommended = Self.best(configuration.cutoff, of: ordered)
        return outcome
    }

    /// Distinct items that are not excluded, by rejection while those are many, else by shuffling.
    private func draw(user: Int, excluded: [Bool], available: Int) -> [Int] {
        var random = SplitMix64(
            seed: configuration.seed, stream: UInt64(truncatingIfNeeded: user))
        let count = min(configuration.negatives, available)
        var drawn: [Int] = []
        drawn.reserveCapacity(count)
        if available >= 2 * configuration.negatives, available * 8 >= itemCount {
            var taken = excluded
            while drawn.count < count {
                let item = random.next(below: itemCount)
                if !taken[item] {
                    taken[item] = true
                    drawn.append(item)
                }
            }
        } else {
            var rest = excluded.indices.filter { !excluded[$0] }
            for index in 0..<count {
                rest.swapAt(index, index + random.next(below: rest.count - index))
                drawn.append(rest[index])
            }
        }
        return drawn
    }

    /// The `count` items of highest score, best first, equal scores in item order; NaN is left out.
    package static func best(_ count: Int, of scores: [Float]) -> [Int32] {
        guard count > 0 else { return [] }
        var items: [Int32] = []
        var kept: [Float] = []
        for (item, score) in scores.enumerated() {
            if kept.count == count {
                guard score > kept[count - 1] else { continue }
                kept.removeLast()
                items.removeLast()
            } else if score.isNaN {
                continue
            }
            var position = kept.count
            while position > 0, kept[position - 1] < score { position -= 1 }
            kept.insert(score, at: position)
            items.insert(Int32(item), at: position)
        }
        return items
    }
}
