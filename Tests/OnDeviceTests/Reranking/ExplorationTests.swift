import Foundation
import OnDevice
import Testing

/// Every statistical test has a fixed seed and refuses a frequency or a mean five standard errors
/// from what it should be: one seed in about 1,700,000 for each comparison of a correct sampler, and
/// under one in 20,000 for all of a test.
@Suite struct ExplorationTests {
    private static let refusal = 5.0
    private static let draws = 20_000

    private static let candidates = [
        Candidate(item: 0, score: 1, vector: [1, 0], categories: [0]),
        Candidate(item: 1, score: 1.4, vector: [0.8, 0.6], categories: [1]),
        Candidate(item: 2, score: 0.2, vector: [0, 1], categories: [0]),
        Candidate(item: 3, score: 1.2, vector: [-0.6, 0.8], categories: [1]),
        Candidate(item: 4, score: 0.7, vector: [0.6, -0.8]),
    ]

    private static let explorations: [Exploration] = [
        .epsilonGreedy(epsilon: 0.3), .epsilonGreedy(epsilon: 1),
        .plackettLuce(temperature: 1), .plackettLuce(temperature: 3),
    ]

    private func makeReranker(_ exploration: Exploration) -> Reranker {
        Reranker.plain(
            diversity: .mmr(lambda: 0.6), calibration: Calibration(weight: 0.3),
            exploration: exploration)
    }

    private func lists(
        _ exploration: Exploration, limit: Int, seed: UInt64, draws: Int = Self.draws
    ) -> [[Placed]] {
        let reranker = makeReranker(exploration)
        var random = SeededSequence(seed: seed)
        return (0..<draws).map { _ in
            reranker.rerank(Self.candidates, limit: limit, targetMix: [1, 2], using: &random)
        }
    }

    @Test(arguments: explorations)
    func `lists come as often as their propensities say`(exploration: Exploration) {
        let lists = lists(exploration, limit: 2, seed: 11)
        var frequencies: [[Int]: Int] = [:]
        var probabilities: [[Int]: Double] = [:]
        var isRepeatable = true
        for list in lists {
            for length in 1...2 {
                let prefix = list.prefix(length)
                let key = prefix.map(\.candidate)
                let probability = prefix.reduce(1) { $0 * $1.propensity }
                frequencies[key, default: 0] += 1
                isRepeatable =
                    isRepeatable && probabilities[key, default: probability] == probability
                probabilities[key] = probability
            }
        }
        #expect(isRepeatable, "the same places have the same propensity whenever they come")
        for (key, probability) in probabilities {
            let draws = Double(Self.draws)
            let error = (probability * (1 - probability) / draws).squareRoot()
            let frequency = Double(frequencies[key] ?? 0) / draws
            #expect(
                abs(frequency - probability) < Self.refusal * max(error, 1e-12),
                "\(key): \(frequency), propensity \(probability)")
        }
    }

    @Test(arguments: [Exploration.epsilonGreedy(epsilon: 0.6), .plackettLuce(temperature: 3)])
    func `the propensities of all lists sum to one`(exploration: Exploration) {
        var probabilities: [[Int]: Double] = [:]
        for list in lists(exploration, limit: 3, seed: 12, draws: 10_000) {
            probabilities[list.map(\.candidate)] = list.reduce(1) { $0 * $1.propensity }
        }
        #expect(probabilities.count == 5 * 4 * 3)
        #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-12)
    }

    @Test func `the greatest of values with Gumbel noise comes with the stated propensity`() {
        let temperature = 0.4
        var random = SeededSequence(seed: 13)
        let reranker = Reranker.plain(exploration: .plackettLuce(temperature: temperature))
        var propensities: [Int: Double] = [:]
        var wins: [Int: Double] = [:]
        let scale = temperature * spread(of: Self.candidates)
        for _ in 0..<Self.draws {
            for placed in reranker.rerank(Self.candidates, limit: 1, using: &random) {
                propensities[placed.candidate] = placed.propensity
            }
            let noisy = Self.candidates.map {
                $0.score - scale * log(-log(Double.random(in: 0..<1, using: &random)))
            }
            let winner = noisy.indices.max { noisy[$0] < noisy[$1] } ?? 0
            wins[winner, default: 0] += 1
        }
        #expect(propensities.count == 5)
        for (candidate, propensity) in propensities {
            let draws = Double(Self.draws)
            let error = (propensity * (1 - propensity) / draws).squareRoot()
            let frequency = wins[candidate, default: 0] / draws
            #expect(abs(frequency - propensity) < Self.refusal * error)
        }
    }

    @Test(arguments: explorations)
    func `another ranking is valued without bias from what was drawn`(exploration: Exploration) {
        // The other ranking places its first two at random from all candidates, evenly; what a list
        // is worth depends on the pair. With epsilon = 1 the best never comes, nor may it.
        let isNeverBest = exploration == .epsilonGreedy(epsilon: 1)
        func worth(_ first: Int, _ second: Int) -> Double { Double(3 * first + first * second + 1) }
        let lists = lists(exploration, limit: 2, seed: 14)
        var pairs: Set<[Int]> = []
        for list in lists { pairs.insert(list.map(\.candidate)) }
        #expect(pairs.count == (isNeverBest ? 4 * 3 : 5 * 4))
        let truth = pairs.reduce(0) { $0 + worth($1[0], $1[1]) } / Double(pairs.count)

        let drawn = lists.map { worth($0[0].candidate, $0[1].candidate) }
        let weighted = zip(lists, drawn).map { list, worth in
            worth / (Double(pairs.count) * list[0].propensity * list[1].propensity)
        }
        let (mean, error) = meanWithError(weighted)
        #expect(abs(mean - truth) < Self.refusal * error, "\(mean) ± \(error), truth \(truth)")
        // Unweighted it would be biased, except where what is drawn is itself even.
        let (biased, biasedError) = meanWithError(drawn)
        #expect(isNeverBest || abs(biased - truth) > Self.refusal * biasedError)
    }

    private func meanWithError(_ values: [Double]) -> (mean: Double, error: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, squares.squareRoot() / Double(values.count))
    }

    @Test func `the last item left has no alternative`() {
        for exploration in Self.explorations {
            for list in lists(exploration, limit: 5, seed: 15, draws: 50) {
                #expect(list.count == 5)
                #expect(list.last?.propensity == 1)
                #expect(list.last?.choice == .best)
            }
        }
    }

    @Test func `without exploration nothing is drawn and everything is certain`() {
        var random = SeededSequence(seed: 16)
        let list = makeReranker(.none).rerank(Self.candidates, limit: 5, using: &random)
        #expect(random.draws == 0)
        #expect(list.allSatisfy { $0.propensity == 1 && $0.choice == .best })
        for exploration in [
            Exploration.epsilonGreedy(epsilon: 0), .epsilonGreedy(epsilon: .nan),
            .plackettLuce(temperature: 0), .plackettLuce(temperature: -1),
            .plackettLuce(temperature: 1e-300), .plackettLuce(temperature: .nan),
        ] {
            let same = makeReranker(exploration).rerank(Self.candidates, limit: 5, using: &random)
            #expect(same == list)
        }
    }

    @Test(arguments: explorations)
    func `a draw says that it was one and the seed decides it`(exploration: Exploration) {
        let lists = lists(exploration, limit: 1, seed: 17, draws: 500).compactMap(\.first)
        let best = Set(lists.filter { $0.choice == .best }.map(\.candidate))
        let explored = Set(lists.filter { $0.choice == .explored }.map(\.candidate))
        #expect(best.isDisjoint(with: explored))
        #expect(best.count == (exploration == .epsilonGreedy(epsilon: 1) ? 0 : 1))
        #expect(explored.count == 4)
        let reranker = makeReranker(exploration)
        #expect(
            reranker.order(Self.candidates, seed: 5) == reranker.order(Self.candidates, seed: 5))
    }
}
