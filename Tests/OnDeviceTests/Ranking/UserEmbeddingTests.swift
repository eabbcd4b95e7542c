import Foundation
import Learning
import Testing
import VectorKernels

@testable import OnDevice
@testable import Recommender

struct UserEmbeddingTests {
    @Test func `co-occurrence scores on the device are those of the trained model`() throws {
        var random = SplitMix64(seed: 4)
        let kept: [Int32] = [3, 0, 7, 1, 9, 12, 5, 2]
        let vectors = Matrix(
            rows: 8, columns: 5, values: (0..<40).map { _ in random.nextApproximateNormal() })
        let trained = CoOccurrenceModel(
            popularity: (0..<15).map { Float(3 + $0 * $0 % 11) }, kept: kept,
            spectral: SpectralModel(
                vectors: vectors, strengths: [9, 7, 5, 4, 3], edge: 2, damping: 1.5),
            ranking: CoOccurrenceRanking(historyExponent: 0.5, itemExponent: 0.3))
        let ranker = DeviceRanker(
            model: try RankerFixture.model(trained.content),
            history: PersonalHistory(events: [3, 7, 14, 9, 3, 2].map { RankerFixture.event($0) }),
            options: .scoresOnly)
        let expected = trained.scores(
            history: [3, 7, 14, 9, 3, 2].map { Interaction(item: $0, timestamp: 0) },
            privateParameters: [])
        let list = try ranker.rank(limit: 15)
        #expect(list.items.count == 15)
        for item in list.items {
            #expect(abs(item.score - Double(expected[item.item])) < 1e-4)
        }
        #expect(zip(list.items, list.items.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test func `ridge embeddings solve the normal equations of all events`() throws {
        let content = RankerFixture.ridge()
        guard case .ridge(let rule) = content.rule else { return }
        let events = RankerFixture.events(60, items: 90, seed: 2)
        var embedding = UserEmbedding(try RankerFixture.model(content))
        let strengths = EventStrengths()
        for event in events {
            embedding.add(Evidence(.event(event), strength: strengths(event)))
        }
        // The plain way: all sums from the start, then Gaussian elimination.
        let width = 8
        var system = [[Double]](repeating: [Double](repeating: 0, count: width + 1), count: width)
        for row in 0..<width {
            for column in 0..<width {
                system[row][column] =
                    rule.unobservedWeight * Double(rule.gram[row * width + column])
            }
            system[row][row] += rule.regularization
        }
        let spoken = events.filter { strengths($0) != 0 }
        for (position, event) in spoken.enumerated() {
            let later = spoken[(position + 1)...].count { strengths($0) > 0 }
            let weight = strengths(event) * exp(-Double(later) / rule.decay)
            let item = Int(event.item.dropFirst(5)) ?? 0
            let row = content.rows[item * width..<(item + 1) * width].map { Double($0) }
            for i in 0..<width {
                for j in 0..<width { system[i][j] += abs(weight) * row[i] * row[j] }
                system[i][width] += weight * row[i]
            }
        }
        for pivot in 0..<width {
            for row in 0..<width where row != pivot {
                let factor = system[row][pivot] / system[pivot][pivot]
                for column in pivot...width {
                    system[row][column] -= factor * system[pivot][column]
                }
            }
        }
        for (index, value) in embedding.solution.vector.enumerated() {
            let expected = rule.scale * system[index][width] / system[index][index]
            #expect(abs(value - expected) < 1e-9 * max(1, abs(expected)))
        }
    }

    @Test(arguments: [true, false])
    func `contributions of all evidence add up to the affinity`(isRidge: Bool) throws {
        let content = isRidge ? RankerFixture.ridge() : RankerFixture.recency()
        var embedding = UserEmbedding(try RankerFixture.model(content))
        embedding.add(Evidence(.pickedCategory("Drama"), strength: 1))
        embedding.add(Evidence(.pickedItem("item-4"), strength: 1))
        for event in RankerFixture.events(200, items: 90, seed: 3) {
            embedding.add(Evidence(.event(event), strength: EventStrengths()(event)))
        }
        for item in [0, 17, 89] {
            let row = Array(content.rows[item * 8..<(item + 1) * 8])
            let affinity = zip(embedding.solution.vector, row).reduce(0) {
                $0 + $1.0 * Double($1.1)
            }
            let parts = embedding.contributions(to: row, under: embedding.solution)
            #expect(parts.count == embedding.evidence.count)
            let largest = parts.reduce(1) { max($0, abs($1)) }
            #expect(abs(parts.reduce(0, +) - affinity) < 1e-9 * largest)
        }
    }

    @Test(arguments: [true, false])
    func `evidence against an item lowers what is like it`(isRidge: Bool) throws {
        let content = isRidge ? RankerFixture.ridge() : RankerFixture.recency()
        let model = try RankerFixture.model(content)
        func affinity(_ kind: BehaviourEvent.Kind) -> Double {
            var embedding = UserEmbedding(model)
            for item in [0, 1, 2, 4] {
                embedding.add(Evidence(.event(RankerFixture.event(item)), strength: 1))
            }
            let event = RankerFixture.event(30, kind)
            embedding.add(Evidence(.event(event), strength: EventStrengths()(event)))
            let row = content.rows[30 * 8..<31 * 8]
            return zip(embedding.solution.vector, row).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        #expect(affinity(.hide) < affinity(.skip))
        #expect(affinity(.skip) < affinity(.view))
        #expect(affinity(.view) < affinity(.play))
    }

    @Test func `what the model does not know says nothing`() throws {
        var embedding = UserEmbedding(try RankerFixture.model(RankerFixture.ridge()))
        embedding.add(Evidence(.pickedItem("unknown"), strength: 1))
        embedding.add(Evidence(.pickedCategory("unknown"), strength: 1))
        embedding.add(Evidence(.pickedItem("item-1"), strength: .nan))
        embedding.add(Evidence(.pickedItem("item-1"), strength: 0))
        #expect(embedding.evidence.isEmpty)
        #expect(embedding.solution.vector.allSatisfy { $0 == 0 })
    }

    @Test func `ratings and dwells count by their size`() {
        let strengths = EventStrengths()
        #expect(strengths(RankerFixture.event(0, .rating, value: 1)) == 0)
        #expect(strengths(RankerFixture.event(0, .rating, value: 5)) == strengths.rating)
        #expect(strengths(RankerFixture.event(0, .rating, value: 99)) == strengths.rating)
        #expect(strengths(RankerFixture.event(0, .rating)) == strengths.rating)
        #expect(strengths(RankerFixture.event(0, .dwell, value: 30)) == strengths.dwell / 2)
        #expect(strengths(RankerFixture.event(0, .dwell, value: -30)) == 0)
    }
}

extension RankingOptions {
    /// Scores as they are, of all items, seen ones too; every event speaks alike.
    static var scoresOnly: RankingOptions {
        var options = RankingOptions.plain
        options.seen = []
        return options
    }
}
