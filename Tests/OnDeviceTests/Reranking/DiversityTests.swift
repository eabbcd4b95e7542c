import Foundation
import OnDevice
import Testing

@Suite struct DiversityTests {
    private func cosine(_ a: Candidate, _ b: Candidate) -> Double {
        func dot(_ x: [Float], _ y: [Float]) -> Double {
            zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return dot(a.vector, b.vector)
            / (dot(a.vector, a.vector) * dot(b.vector, b.vector)).squareRoot()
    }

    /// By Gaussian elimination without pivots, which a positive definite matrix does not need.
    private func determinant(_ matrix: [[Double]]) -> Double {
        var rows = matrix
        var product = 1.0
        for pivot in rows.indices {
            product *= rows[pivot][pivot]
            for row in pivot + 1..<max(rows.count, pivot + 1) {
                let factor = rows[row][pivot] / rows[pivot][pivot]
                for column in rows.indices { rows[row][column] -= factor * rows[pivot][column] }
            }
        }
        return product
    }

    @Test(arguments: [0.05, 0.4, 0.8, 0.97])
    func `maximal marginal relevance follows its definition`(lambda: Double) {
        for seed in 0..<10 as Range<UInt64> {
            var random = SeededSequence(seed: seed)
            let candidates = random.makeCandidates(40, dimension: 5 + Int(seed))
            let spread = spread(of: candidates)
            let expected = greedily(12, of: candidates) { list, next in
                let likeness = list.map { cosine(candidates[$0], candidates[next]) }.max() ?? 0
                return lambda * candidates[next].score / spread - (1 - lambda) * likeness
            }
            let reranker = Reranker.plain(diversity: .mmr(lambda: lambda))
            #expect(reranker.order(candidates, limit: 12) == expected, "seed \(seed)")
        }
    }

    @Test(arguments: [0.1, 0.5, 0.9])
    func `the greedy mode of the determinantal process matches determinants`(theta: Double) {
        for seed in 0..<20 as Range<UInt64> {
            var random = SeededSequence(seed: seed)
            let candidates = random.makeCandidates(10, dimension: 7)
            let spread = spread(of: candidates)
            let alpha = theta / (2 * (1 - theta))
            func kernel(_ i: Int, _ j: Int) -> Double {
                exp(alpha * (candidates[i].score + candidates[j].score) / spread)
                    * (1 + cosine(candidates[i], candidates[j])) / 2
            }
            let expected = greedily(6, of: candidates) { list, next in
                let chosen = list + [next]
                return determinant(chosen.map { i in chosen.map { kernel(i, $0) } })
            }
            let reranker = Reranker.plain(diversity: .determinantal(theta: theta))
            let placed = reranker.rerank(candidates, limit: 6, using: &random)
            #expect(placed.map(\.candidate) == expected, "seed \(seed)")

            // The adjustments add up to the logarithm of the determinant of S.
            let likeness = expected.map { i in
                expected.map { (1 + cosine(candidates[i], candidates[$0])) / 2 }
            }
            let penalties = placed.flatMap(\.adjustments).reduce(0) { $0 + $1.amount }
            let logarithm = penalties * theta / (1 - theta) / spread
            #expect(abs(logarithm - log(determinant(likeness))) < 1e-4, "seed \(seed)")
        }
    }

    @Test func `by score alone at the upper end of either weight`() {
        var random = SeededSequence(seed: 3)
        let candidates = random.makeCandidates(60)
        let expected = candidates.indices.sorted { candidates[$0].score > candidates[$1].score }
        for diversity in [Diversity.none, .mmr(lambda: 1), .determinantal(theta: 1)] {
            #expect(Reranker.plain(diversity: diversity).order(candidates) == expected)
        }
    }

    @Test(arguments: [Diversity.mmr(lambda: 0), .determinantal(theta: 0)])
    func `by likeness alone at the lower end, copies come last`(diversity: Diversity) {
        var random = SeededSequence(seed: 4)
        let different = random.makeCandidates(6, dimension: 16)
        let copies = different.map {
            Candidate(item: $0.item + 100, score: $0.score, vector: $0.vector.map { $0 * 3 })
        }
        let order = Reranker.plain(diversity: diversity).order(different + copies)
        #expect(Set(order.prefix(6).map { $0 % 6 }) == Set(0..<6))
    }

    @Test func `a list longer than the space has dimensions is filled by score`() {
        var random = SeededSequence(seed: 5)
        let candidates = random.makeCandidates(50, dimension: 3)
        let order = Reranker.plain(diversity: .determinantal(theta: 0.5)).order(candidates)
        // (1 + cosine) / 2 of vectors of three dimensions has rank four.
        let scores = order.dropFirst(4).map { candidates[$0].score }
        #expect(scores == scores.sorted(by: >))
        #expect(Set(order) == Set(0..<50))
    }

    @Test(arguments: [Diversity.mmr(lambda: 0.5), .determinantal(theta: 0.5)])
    func `only directions count, even of extreme lengths`(diversity: Diversity) {
        var random = SeededSequence(seed: 6)
        let candidates = random.makeCandidates(20, dimension: 11)
        var scaled = candidates
        for index in scaled.indices {
            let length: Float = [1e-25, 1, 1e25][index % 3]
            scaled[index].vector = scaled[index].vector.map { $0 * length }
        }
        let reranker = Reranker.plain(diversity: diversity)
        #expect(reranker.order(scaled) == reranker.order(candidates))
    }

    @Test(arguments: [Diversity.mmr(), .determinantal()])
    func `vectors without a direction are unlike every other`(diversity: Diversity) throws {
        let vectors: [[Float]] = [[], [0, 0], [.nan, 1], [.infinity, 1], [1, 0]]
        let candidates = vectors.enumerated().map { index, vector in
            Candidate(item: Int32(index), score: Double(index), vector: vector)
        }
        var random = SeededSequence(seed: 0)
        let list = Reranker.plain(diversity: diversity).rerank(
            candidates, limit: 5, using: &random)
        #expect(list.map(\.candidate) == [4, 3, 2, 1, 0])
        #expect(list.allSatisfy { $0.value.isFinite })
        guard case .mmr = diversity else { return }
        #expect(list.allSatisfy { $0.adjustments.isEmpty })
    }
}
