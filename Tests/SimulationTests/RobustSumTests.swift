import DifferentialPrivacy
import Recommender
import Sodium
import Testing

@testable import Simulation

@Suite struct RobustSumTests {
    /// Making its table takes longer than drawing from it.
    private static let normal = Result { try DiscreteGaussian(variance: 0x1p16) }

    /// Groups whose means are `mean` plus noise of `deviation` a device, in sums of `contributors`.
    static func groups(
        _ count: Int, mean: [Float], deviation: Double, contributors: Int = 50,
        seed: UInt64 = 1
    ) throws -> [NoisySum] {
        let normal = try normal.get()
        var random = SeededRandomness(seed: seed, label: "groups")
        return (0..<count).map { _ in
            var draws = [Int32](repeating: 0, count: mean.count)
            normal.fill(&draws, using: &random)
            let unit = Float(deviation) * Float(contributors) / 256
            return NoisySum(
                values: zip(mean, draws).map { Float(contributors) * $0 + unit * Float($1) },
                noiseStandardDeviation: deviation * Double(contributors),
                contributors: contributors)
        }
    }

    private func means(_ groups: [NoisySum]) -> [[Float]] {
        groups.map { group in group.values.map { $0 / Float(group.contributors) } }
    }

    private func distance(_ one: [Float], _ other: [Float]) -> Double {
        var square = 0.0
        for (x, y) in zip(one, other) { square += Double(x - y) * Double(x - y) }
        return square.squareRoot()
    }

    private static let rules = DefenceSettings.Rule.allCases

    @Test func `networks sort`() {
        for count in 1...9 {
            let network = SortingNetwork(count: count)
            // A network that sorts all zeros and ones sorts everything.
            let unsorted = (0..<1 << count).count { bits in
                var values = (0..<count).map { bits >> $0 & 1 }
                for (low, high) in network.comparators where values[high] < values[low] {
                    values.swapAt(low, high)
                }
                return values != values.sorted()
            }
            #expect(unsorted == 0)
        }
        var random = SeededRandomness(seed: 1, label: "network")
        for count in [10, 16, 17, 33, 100] {
            var values = (0..<count).map { _ in random.next() }
            for (low, high) in SortingNetwork(count: count).comparators
            where values[high] < values[low] {
                values.swapAt(low, high)
            }
            #expect(values == values.sorted())
        }
    }

    @Test(arguments: [1, 7, 511, 512, 513, 1030])
    func `each coordinate is combined by its rule, whatever the length`(dimension: Int) throws {
        for count in [1, 2, 3, 4, 7, 10] {
            var groups = try Self.groups(
                count, mean: [Float](repeating: 0.2, count: dimension), deviation: 1,
                seed: UInt64(count))
            groups[0].contributors = 30
            let devices = Double(30 + 50 * (count - 1))
            let means = means(groups)
            let middle = try RobustSum(DefenceSettings(.median, groups: count)).estimate(groups)
            let trimmed = try RobustSum(DefenceSettings(.trimmedMean, groups: count, trim: 0.3))
                .estimate(groups)
            let all = try RobustSum(DefenceSettings(.none, groups: count)).estimate(groups)
            let out = count == 1 ? 0 : count == 2 ? 0 : count == 10 ? 3 : count == 7 ? 2 : 1
            var largest = 0.0
            for i in 0..<dimension {
                let sorted = means.map { Double($0[i]) }.sorted()
                let median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
                let kept = sorted[out..<count - out]
                let mean = kept.reduce(0, +) / Double(kept.count)
                let sum = groups.reduce(0.0) { $0 + Double($1.values[i]) }
                let errors = [
                    Double(middle.sum.values[i]) - devices * median,
                    Double(trimmed.sum.values[i]) - devices * mean,
                    Double(all.sum.values[i]) - sum,
                ]
                largest = max(largest, errors.map(abs).max() ?? 0)
            }
            #expect(largest < 1e-3)
            #expect(middle.sum.contributors == Int(devices))
        }
    }

    @Test(arguments: rules)
    func `without attack and noise, every rule gives the sum`(
        rule: DefenceSettings.Rule
    ) throws {
        let mean = (0..<700).map { Float($0 % 13) - 6 }
        let groups = try Self.groups(9, mean: mean, deviation: 0)
        let estimate = try RobustSum(DefenceSettings(rule, groups: 9)).estimate(groups)
        #expect(zip(estimate.sum.values, mean).allSatisfy { abs($0 - 450 * $1) < 1e-2 })
        #expect(estimate.sum.noiseStandardDeviation == 0 && estimate.sum.contributors == 450)
        #expect(estimate.check.groups.allSatisfy { !$0.isFlagged })
    }

    /// 40,000 coordinates: the measured deviation is within 2 % but for one chance in 10^7.
    @Test(arguments: rules, [3, 4, 10, 25])
    func `the stated noise is what is measured`(
        rule: DefenceSettings.Rule, count: Int
    ) throws {
        let groups = try Self.groups(
            count, mean: [Float](repeating: 0, count: 40_000), deviation: 2)
        let sum = try RobustSum(DefenceSettings(rule, groups: count)).estimate(groups).sum
        let square = sum.values.reduce(0.0) { $0 + Double($1) * Double($1) } / 40_000
        #expect(abs(square.squareRoot() / sum.noiseStandardDeviation - 1) < 0.02)
        // What a rule costs beside the plain sum.
        let plain = 2 * 50 * Double(count).squareRoot()
        let price = sum.noiseStandardDeviation / plain
        let range =
            switch rule {
            case .median: 1.05...1.26
            case .trimmedMean: 0.999...1.17
            case .none, .filter, .geometricMedian: 0.99...1.01
            }
        #expect(range.contains(price), "\(rule) \(count): \(price)")
    }

    @Test func `the precision of a median is that of the literature`() throws {
        // Variances of the median of 3, 5 and 9 normal values: Sarhan and Greenberg 1962.
        for (count, variance) in [(3, 0.44867), (5, 0.28683), (9, 0.16610)] {
            let middle = (count - 1) / 2
            let deviation = try OrderStatistics.deviation(
                count: count, kept: middle..<middle + 1)
            #expect(abs(deviation * deviation / variance - 1) < 5e-3)
        }
    }

    /// Whatever a minority of groups sends, each coordinate stays among the honest values.
    @Test func `median and trimmed mean stay among the honest groups`() throws {
        var random = SeededRandomness(seed: 9, label: "attacks")
        for count in 3...12 {
            for (rule, most) in [
                (DefenceSettings.Rule.median, (count - 1) / 2),
                (.trimmedMean, Int((0.2 * Double(count)).rounded())),
            ] {
                var groups = try Self.groups(
                    count, mean: (0..<300).map { Float($0 % 7) }, deviation: 0.5,
                    seed: UInt64(count))
                let corrupt = Set(random.draw(most, below: count))
                for group in corrupt {
                    for index in groups[group].values.indices {
                        let sign: Float = random.next() % 2 == 0 ? 1 : -1
                        groups[group].values[index] = sign * 1e8 * Float(random.nextNormal())
                    }
                }
                let honest = means(groups).enumerated()
                    .filter { !corrupt.contains($0.offset) }.map(\.element)
                let sum = try RobustSum(DefenceSettings(rule, groups: count)).estimate(groups).sum
                let outside = sum.values.indices.count { index in
                    let value = sum.values[index] / Float(sum.contributors)
                    let values = honest.map { $0[index] }
                    let range = (values.min() ?? 0) - 1e-3...(values.max() ?? 0) + 1e-3
                    return !range.contains(value)
                }
                #expect(outside == 0)
            }
        }
    }

    @Test func `the geometric median is where distances add up to least`() throws {
        var groups = try Self.groups(
            9, mean: (0..<400).map { Float($0 % 5) }, deviation: 0.3, seed: 4)
        for group in 0..<3 { groups[group].values = groups[group].values.map { -1e3 * $0 } }
        let all = means(groups)
        func total(_ point: [Float]) -> Double { all.reduce(0) { $0 + distance($1, point) } }
        let sum = try RobustSum(DefenceSettings(.geometricMedian, groups: 9)).estimate(groups).sum
        let point = sum.values.map { $0 / Float(sum.contributors) }
        let least = total(point)
        var random = SeededRandomness(seed: 2, label: "directions")
        for _ in 0..<20 {
            #expect(total(point.map { $0 + 0.05 * Float(random.nextNormal()) }) > least)
        }
        // A third of the groups far away moves it by little.
        #expect(distance(point, (0..<400).map { Float($0 % 5) }) < 2 * 0.3 * 20)
    }

    @Test func `a filter keeps the honest groups' exact sum`() throws {
        var groups = try Self.groups(
            10, mean: (0..<2000).map { Float($0 % 3) / 10 }, deviation: 0.5, seed: 8)
        groups[4].values = groups[4].values.map { -$0 }
        groups[7].values = groups[7].values.map { 30 * $0 }
        let estimate = try RobustSum(DefenceSettings(.filter)).estimate(groups)
        let groupsFlagged = estimate.check.groups.indices.filter {
            estimate.check.groups[$0].isFlagged
        }
        #expect(groupsFlagged == [4, 7])
        #expect(estimate.sum.contributors == 400)
        #expect(abs(estimate.sum.noiseStandardDeviation - 25 * 8.0.squareRoot()) < 1e-9)
        let kept = groups.enumerated().filter { ![4, 7].contains($0.offset) }.map(\.element)
        let largest = (0..<2000).map { index in
            abs(estimate.sum.values[index] - kept.reduce(0) { $0 + $1.values[index] })
        }.max()
        #expect(largest ?? 1 < 1e-2)
    }

    @Test func `groups that all were lost are left out`() throws {
        var groups = try Self.groups(4, mean: [1, 2, 3], deviation: 0)
        groups[1] = NoisySum(values: [0, 0, 0], noiseStandardDeviation: 0, contributors: 0)
        for rule in Self.rules {
            let sum = try RobustSum(DefenceSettings(rule, groups: 4)).estimate(groups).sum
            #expect(sum.contributors == 150)
            #expect(zip(sum.values, [150, 300, 450]).allSatisfy { abs($0 - $1) < 1e-3 })
        }
    }

    @Test func `a cohort is divided into groups of a size, anew in each round`() {
        for (size, groups) in [(10, 3), (100, 10), (101, 7), (5, 10), (1, 4), (2, 2)] {
            let divided = CohortGroups(size: size, groups: groups, seed: 1, round: 2).positions
            #expect(divided.flatMap { $0 }.sorted() == Array(0..<size))
            let sizes = divided.map(\.count)
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
            #expect(divided.count == max(1, min(groups, size / 2)))
            #expect(divided.allSatisfy { $0 == $0.sorted() })
            let again = CohortGroups(size: size, groups: groups, seed: 1, round: 2).positions
            #expect(divided == again)
        }
        #expect(
            CohortGroups(size: 100, groups: 10, seed: 1, round: 2).positions
                != CohortGroups(size: 100, groups: 10, seed: 1, round: 3).positions)
    }

    @Test func `only the keys of the rule are read`() throws {
        func keys(_ yaml: String) throws -> [String] {
            var reader = try SettingsReader(yaml: yaml, source: "test", overrides: [])
            _ = try DefenceSettings(&reader)
            try reader.rejectUnknownKeys()
            return reader.resolved.map(\.name)
        }
        #expect(try keys("") == ["defence.rule"])
        #expect(
            try keys("defence:\n  rule: median\n  groups: 5")
                == ["defence.rule", "defence.groups", "defence.threshold"])
        #expect(try keys("defence:\n  rule: trimmed-mean").last == "defence.trim")
        #expect(throws: ScenarioError.self) { try keys("defence:\n  groups: 5") }
        #expect(throws: ScenarioError.self) { try keys("defence:\n  rule: median\n  groups: 2") }
    }
}
