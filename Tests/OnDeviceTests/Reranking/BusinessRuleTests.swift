import OnDevice
import Testing

@Suite struct BusinessRuleTests {
    /// Twelve candidates, best first, with category item % 3.
    private let candidates = (0..<12).map {
        Candidate(item: Int32($0), score: Double(12 - $0), vector: [], categories: [$0 % 3])
    }

    private func order(_ rules: [BusinessRule], limit: Int = 6) -> [Int] {
        Reranker.plain(rules: rules).order(candidates, limit: limit)
    }

    @Test func `no more than the allowed number of a category`() {
        #expect(order([.atMost(1, ofCategory: 0)]) == [0, 1, 2, 4, 5, 7])
        #expect(order([.atMost(0, ofCategory: 1), .atMost(-3, ofCategory: 2)]) == [0, 3, 6, 9])
        #expect(order([.atMost(4, ofCategory: 0), .atMost(1, ofCategory: 0)]).count == 6)
        #expect(order([.atMost(9, ofCategory: 8)]) == [0, 1, 2, 3, 4, 5])
    }

    @Test func `no more than the allowed number of any category, the list ends early`() {
        #expect(order([.atMostOfEach(1)]) == [0, 1, 2])
        #expect(order([.atMostOfEach(2), .atMost(1, ofCategory: 2)]) == [0, 1, 2, 3, 4])
        #expect(order([.atMostOfEach(0)]) == [])
    }

    @Test func `pinned items are at their positions and nowhere else`() {
        #expect(order([.pinned(item: 9, position: 0)]) == [9, 0, 1, 2, 3, 4])
        #expect(order([.pinned(item: 0, position: 3)]) == [1, 2, 3, 0, 4, 5])
        #expect(
            order([.pinned(item: 11, position: 5), .pinned(item: 10, position: 2)])
                == [0, 1, 10, 2, 3, 11])
    }

    @Test func `a taken position gives the next free one`() {
        #expect(
            order([
                .pinned(item: 9, position: 1), .pinned(item: 8, position: 1),
                .pinned(item: 7, position: 2),
            ]) == [0, 9, 8, 7, 1, 2])
        #expect(
            order([.pinned(item: 9, position: 5), .pinned(item: 8, position: 5)])
                == [0, 1, 2, 3, 4, 9])
    }

    @Test func `a pin of nothing, twice or beyond the list does nothing`() {
        let plain = [0, 1, 2, 3, 4, 5]
        #expect(order([.pinned(item: 99, position: 0)]) == plain)
        #expect(order([.pinned(item: 9, position: 6)]) == plain)
        #expect(order([.pinned(item: 9, position: -1)]) == plain)
        #expect(
            order([.pinned(item: 9, position: 1), .pinned(item: 9, position: 3)])
                == [0, 9, 1, 2, 3, 4])
    }

    @Test func `a list that ends before a pinned position has the item last`() {
        #expect(
            order([.atMostOfEach(1), .pinned(item: 11, position: 5)]) == [0, 1, 11])
    }

    @Test func `pinned items count before the list is begun`() {
        #expect(
            order([.atMost(1, ofCategory: 0), .pinned(item: 9, position: 4)])
                == [1, 2, 4, 5, 9, 7])
        #expect(
            order([.neverTogether([0, 1, 9]), .pinned(item: 9, position: 4)])
                == [2, 3, 4, 5, 9, 6])
        // Once, not again when they are placed.
        #expect(
            order([.atMost(2, ofCategory: 0), .pinned(item: 9, position: 0)])
                == [9, 0, 1, 2, 4, 5])
    }

    @Test func `a pin against what always holds is void, the earlier position wins`() {
        let rules: [BusinessRule] = [
            .neverTogether([9, 10]), .pinned(item: 10, position: 3), .pinned(item: 9, position: 1),
        ]
        #expect(order(rules) == [0, 9, 1, 2, 3, 4])
        #expect(
            order([.atMost(0, ofCategory: 0), .pinned(item: 9, position: 0)])
                == [1, 2, 4, 5, 7, 8])
    }

    @Test func `never together means at most one of them`() {
        #expect(
            order([.neverTogether([0, 1, 2]), .neverTogether([3, 4])]) == [0, 3, 5, 6, 7, 8])
        #expect(order([.neverTogether(Set(0..<12))]) == [0])
        #expect(order([.neverTogether([])]) == [0, 1, 2, 3, 4, 5])
    }

    @Test func `a least share is met by the last places`() {
        // Half of six is three of category 2: the items 2, 5 and 8.
        #expect(order([.atLeast(share: 0.5, ofCategory: 2)]) == [0, 1, 2, 3, 5, 8])
        #expect(order([.atLeast(share: 1, ofCategory: 2)]) == [0, 1, 2, 5, 8, 11])
        #expect(order([.atLeast(share: 1, ofCategory: 2)], limit: 4) == [2, 5, 8, 11])
        // 0.1 of 30 is three, though 0.1 is a little more than a tenth in binary.
        let many = (0..<60).map {
            Candidate(
                item: Int32($0), score: -Double($0), vector: [], categories: [$0 < 40 ? 0 : 1])
        }
        let list = Reranker.plain(rules: [.atLeast(share: 0.1, ofCategory: 1)]).order(
            many, limit: 30)
        #expect(list.count { $0 >= 40 } == 3)
    }

    @Test func `a least share counts pinned items and leaves them their places`() {
        #expect(
            order([.atLeast(share: 0.5, ofCategory: 2), .pinned(item: 11, position: 5)])
                == [0, 1, 2, 3, 5, 11])
        #expect(
            order([.atLeast(share: 0.5, ofCategory: 2), .pinned(item: 10, position: 5)])
                == [0, 1, 2, 5, 8, 10])
    }

    @Test func `least shares that cannot be met give way`() {
        #expect(
            order([.atLeast(share: 0.5, ofCategory: 2), .atMost(1, ofCategory: 2)])
                == [0, 1, 2, 3, 4, 6])
        #expect(order([.atLeast(share: 0.5, ofCategory: 77)]) == [0, 1, 2, 3, 4, 5])
        let both = order([.atLeast(share: 1, ofCategory: 1), .atLeast(share: 1, ofCategory: 2)])
        #expect(both == [1, 2, 4, 5, 7, 8])
        #expect(order([.atLeast(share: .nan, ofCategory: 1)]) == [0, 1, 2, 3, 4, 5])
        #expect(order([.atLeast(share: -1, ofCategory: 1)]) == [0, 1, 2, 3, 4, 5])
    }

    @Test func `propensities are those among what the rules leave`() {
        var random = SeededSequence(seed: 1)
        let reranker = Reranker.plain(
            exploration: .epsilonGreedy(epsilon: 1),
            rules: [.atMost(0, ofCategory: 0), .pinned(item: 7, position: 1), .atMostOfEach(2)])
        for _ in 0..<100 {
            let list = reranker.rerank(candidates, limit: 12, using: &random)
            // Seven of categories 1 and 2 are free; then their number depends on what came.
            #expect(list[0].propensity == 1.0 / 6)
            #expect(list[1].candidate == 7)
            #expect(list[1].propensity == 1)
            #expect(list[1].choice == .pinned)
            #expect(list.count == 4)
        }
    }

    @Test func `random rules never fail, and what always holds holds`() {
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededSequence(seed: seed)
            let candidates = random.makeCandidates(Int.random(in: 0..<40, using: &random))
            let rules = (0..<Int.random(in: 1..<8, using: &random)).map { _ in
                makeRule(using: &random)
            }
            let reranker = Reranker(exploration: .plackettLuce(temperature: 1), rules: rules)
            let list = reranker.rerank(
                candidates, limit: 15, targetMix: [1, 1, 1], using: &random)
            let placed = list.map { candidates[$0.candidate] }
            #expect(Set(placed.map(\.item)).count == placed.count)
            #expect(placed.count <= 15)
            for rule in rules {
                let holds =
                    switch rule {
                    case .atMost(let count, let category):
                        placed.count { $0.categories.contains(category) } <= max(0, count)
                    case .atMostOfEach(let count):
                        (0..<5).allSatisfy { category in
                            placed.count { $0.categories.contains(category) } <= max(0, count)
                        }
                    case .neverTogether(let items):
                        placed.count { items.contains($0.item) } <= 1
                    case .pinned, .atLeast:
                        true
                    }
                #expect(holds, "seed \(seed): \(rule)")
            }
        }
    }

    private func makeRule(using random: inout SeededSequence) -> BusinessRule {
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            .atMost(
                Int.random(in: -1..<5, using: &random),
                ofCategory: Int.random(in: 0..<6, using: &random))
        case 1: .atMostOfEach(Int.random(in: 0..<8, using: &random))
        case 2:
            .atLeast(
                share: Double.random(in: 0..<1, using: &random),
                ofCategory: Int.random(in: 0..<6, using: &random))
        case 3:
            .pinned(
                item: Int32.random(in: 0..<40, using: &random),
                position: Int.random(in: -1..<17, using: &random))
        default:
            .neverTogether(
                Set((0..<5).map { _ in Int32.random(in: 0..<40, using: &random) }))
        }
    }
}
