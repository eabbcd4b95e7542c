import Datasets
import Recommender
import Testing

@Suite struct SplitTests {
    private func user(_ id: String = "u", length: Int) -> InteractionData.User {
        .init(id: id, history: (0..<length).map { Interaction(item: $0, timestamp: Int64($0)) })
    }

    @Test func `leave-one-out tests the last and validates the one before`() {
        let holdout = Split.leaveOneOut.holdout(of: user(length: 5))
        #expect(holdout.training.map(\.item) == [0, 1, 2])
        #expect(holdout.validation.map(\.item) == [3])
        #expect(holdout.test.map(\.item) == [4])
    }

    @Test func `short histories keep at least one row for training`() {
        let two = Split.leaveOneOut.holdout(of: user(length: 2))
        #expect(two.training.map(\.item) == [0])
        #expect(two.validation.isEmpty)
        #expect(two.test.map(\.item) == [1])
        for split in [Split.leaveOneOut, .random(testFraction: 1, seed: 0)] {
            #expect(split.holdout(of: user(length: 0)) == Holdout(training: []))
            let one = user(length: 1)
            #expect(split.holdout(of: one) == Holdout(training: one.history))
        }
    }

    @Test(arguments: [-1, 0, 0.2, 0.5, 1, 7, Double.nan, .infinity])
    func `random split divides every row once and keeps the order`(fraction: Double) {
        let split = Split.random(testFraction: fraction, seed: 3)
        for length in 2..<40 {
            let whole = user(length: length)
            let holdout = split.holdout(of: whole)
            let merged = (holdout.training + holdout.test).sorted { $0.timestamp < $1.timestamp }
            #expect(merged == whole.history)
            #expect(holdout.training == holdout.training.sorted { $0.timestamp < $1.timestamp })
            #expect(holdout.test == holdout.test.sorted { $0.timestamp < $1.timestamp })
            let share = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
            #expect(holdout.test.count == min(Int((share * Double(length)).rounded()), length - 1))
        }
    }

    @Test func `random split depends on the seed and the person only`() {
        let split = Split.random(testFraction: 0.5, seed: 3)
        let first = split.holdout(of: user("a", length: 60))
        #expect(first == split.holdout(of: user("a", length: 60)))
        #expect(first != split.holdout(of: user("b", length: 60)))
        #expect(
            first != Split.random(testFraction: 0.5, seed: 4).holdout(of: user("a", length: 60)))
    }

    /// Every position's test count is binomial(2000, 0.25), standard deviation 19.4; five of them
    /// either way are exceeded once in 170,000 runs over ten positions.
    @Test func `random split takes every position equally often`() {
        var counts = [Int](repeating: 0, count: 10)
        for seed in 0..<2_000 as Range<UInt64> {
            let split = Split.random(testFraction: 0.25, seed: seed)
            // A quarter of twelve rows is three; of these the first ten positions are counted.
            for row in split.holdout(of: user(length: 12)).test where row.item < 10 {
                counts[Int(row.item)] += 1
            }
        }
        #expect(counts.allSatisfy { abs($0 - 500) < 97 }, "\(counts)")
    }

    @Test func `every person of a data set gets a holdout`() {
        let data = InteractionData(
            name: "d", catalogue: Catalogue(items: []),
            users: (0..<5).map { user("\($0)", length: $0) })
        #expect(Split.leaveOneOut.holdouts(of: data).map(\.training.count) == [0, 1, 1, 1, 2])
    }

    @Test func `cold users are judged and not trained on, about as many as asked for`() {
        let split = Split.coldUsers(share: 0.25, seed: 5)
        let holdouts = (0..<2000).map { split.holdout(of: user("person \($0)", length: 6)) }
        let cold = holdouts.filter { !$0.test.isEmpty }
        // Binomial(2000, 0.25): standard deviation 19.4.
        #expect(abs(cold.count - 500) < 100)
        for holdout in cold {
            #expect(holdout.training.isEmpty)
            #expect(holdout.introduction.map(\.item) == [0, 1, 2, 3])
            #expect(holdout.validation.map(\.item) == [4] && holdout.test.map(\.item) == [5])
        }
        #expect(
            holdouts.allSatisfy {
                !$0.test.isEmpty || $0 == Holdout(training: user(length: 6).history)
            })
        let again = Split.coldUsers(share: 0.25, seed: 6)
        #expect(holdouts != (0..<2000).map { again.holdout(of: user("person \($0)", length: 6)) })
    }

    @Test func `cold items are nobody's training and the test of all who met them`() {
        let split = Split.coldItems(share: 0.25, seed: 5)
        let first = split.holdout(of: user("a", length: 2000))
        #expect(abs(first.test.count - 500) < 100)
        #expect((first.training + first.test).sorted { $0.item < $1.item }.count == 2000)
        #expect(Set(first.training.map(\.item)).isDisjoint(with: first.test.map(\.item)))
        #expect(split.holdout(of: user("b", length: 2000)) == first)
        #expect(Split.coldItems(share: 0.25, seed: 6).holdout(of: user(length: 2000)) != first)
        #expect(split.holdout(of: user(length: 0)) == Holdout(training: []))
        let data = InteractionData(
            name: "all", catalogue: Catalogue(items: (0..<2000).map { .init(id: "\($0)") }),
            users: [user("a", length: 2000)])
        let new = split.catalogue(data.catalogue).items.indices.filter {
            split.catalogue(data.catalogue).items[$0].isNew
        }
        #expect(new == first.test.map { Int($0.item) })
        #expect(Split.leaveOneOut.catalogue(data.catalogue) == data.catalogue)
    }
}
