import Foundation
import Recommender
import Sodium
import Testing

@testable import Simulation

@Suite struct GroupCheckTests {
    private func check(_ groups: [NoisySum], threshold: Double = 3.5) -> GroupCheck {
        let means = GroupMeans(groups)
        return GroupCheck(means, products: means.innerProducts(), threshold: threshold)
    }

    private func groups(
        mean: Float, deviation: Double, count: Int = 10, seed: UInt64
    ) throws -> [NoisySum] {
        try RobustSumTests.groups(
            count, mean: (0..<1500).map { $0 % 2 == 0 ? mean : -mean }, deviation: deviation,
            seed: seed)
    }

    private func product(_ one: [Float], _ other: [Float]) -> Double {
        zip(one, other).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }

    @Test func `inner products are those of the means, in any length`() throws {
        for dimension in [1, 500, 512, 1300] {
            let sums = try RobustSumTests.groups(
                5, mean: [Float](repeating: 0.3, count: dimension), deviation: 1)
            let products = GroupMeans(sums).innerProducts()
            for i in 0..<5 {
                for j in 0..<5 {
                    let exact = product(sums[i].values, sums[j].values) / 2500
                    #expect(abs(products[5 * i + j] - exact) < 1e-4 * Double(dimension))
                }
            }
        }
    }

    @Test func `norms and cosines are those without noise`() throws {
        var (norms, cosines) = (0.0, 0.0)
        for seed in 1...20 as ClosedRange<UInt64> {
            let check = check(try groups(mean: 0.1, deviation: 0.2, seed: seed))
            norms += check.groups.reduce(0) { $0 + $1.norm } / 200
            cosines += check.groups.reduce(0) { $0 + ($1.cosine ?? 0) } / 200
        }
        // Without the correction, 8.7 and 0.67.
        #expect(abs(norms - 0.1 * 1500.0.squareRoot()) < 0.1)
        #expect(abs(cosines - 1) < 0.05)
    }

    /// 3,000 honest groups, of which two are flagged on average (6, 9 and 5 of 10,000 were).
    @Test(arguments: [Float(0), 0.02, 0.3])
    func `honest groups are seldom flagged`(mean: Float) throws {
        var flagged = 0
        for seed in 0..<300 as Range<UInt64> {
            flagged += check(try groups(mean: mean, deviation: 0.5, seed: seed))
                .groups.count(where: \.isFlagged)
        }
        #expect(flagged < 12, "\(flagged) of 3,000")
    }

    @Test func `long and opposite groups are flagged, hardly ever others`() throws {
        var others = 0
        for seed in 0..<20 as Range<UInt64> {
            var sums = try groups(mean: 0.3, deviation: 0.5, seed: seed)
            sums[2].values = sums[2].values.map { -$0 }
            sums[5].values = sums[5].values.map { 2 * $0 }
            let check = check(sums)
            #expect(check.groups[2].isFlagged && check.groups[5].isFlagged)
            others += check.groups.count(where: \.isFlagged) - 2
            #expect(check.groups[5].normScore > 3.5 && check.groups[2].alignmentScore < -3.5)
            #expect((check.groups[2].cosine ?? 0) < -0.8)
        }
        #expect(others <= 3)
    }

    @Test func `an attack below the noise is not seen`() throws {
        var flagged = 0
        for seed in 0..<50 as Range<UInt64> {
            var sums = try groups(mean: 0.005, deviation: 0.5, seed: seed)
            for index in sums[3].values.indices {
                // Half a deviation, in one coordinate of 1,500.
                if index == 9 { sums[3].values[index] += 12.5 }
            }
            flagged += check(sums).groups[3].isFlagged ? 1 : 0
        }
        #expect(flagged < 5)
    }

    @Test func `fewer than half of the groups are flagged, and none of one or two`() throws {
        var random = SeededRandomness(seed: 4, label: "scales")
        for count in 1...9 {
            var sums = try groups(mean: 0.3, deviation: 0.1, count: count, seed: 3)
            for group in sums.indices {
                let scale = 100 * Float(random.nextNormal())
                sums[group].values = sums[group].values.map { scale * $0 }
            }
            let flagged = check(sums, threshold: 0.5).groups.count(where: \.isFlagged)
            #expect(flagged <= (count - 1) / 2)
            if count < 3 { #expect(flagged == 0) }
        }
    }

    @Test func `findings can be written and read`() throws {
        let check = check(try groups(mean: 0.1, deviation: 0.2, seed: 1))
        let data = try JSONEncoder().encode(check)
        #expect(try JSONDecoder().decode(GroupCheck.self, from: data) == check)
    }
}
