import Foundation
import Sodium
import Testing

@testable import SecureAggregation

@Suite struct NeighbourGraphTests {
    private let seed = [UInt8](repeating: 7, count: 32)

    @Test(arguments: [(2, 1), (3, 2), (4, 2), (5, 4), (6, 4), (12, 6), (101, 10), (64, 63)])
    func `the graph is symmetric, regular and without loops`(cohort: Int, degree: Int) {
        let graph = NeighbourGraph(cohortSize: cohort, degree: degree, seed: seed)
        let neighbours = (0..<cohort).map(graph.neighbours)
        for device in 0..<cohort {
            #expect(neighbours[device].count == degree)
            #expect(Set(neighbours[device]).count == degree)
            #expect(neighbours[device] == neighbours[device].sorted())
            for other in neighbours[device] {
                #expect(other != device)
                #expect(neighbours[other].contains(device))
            }
            if degree == cohort - 1 {
                #expect(neighbours[device] == (0..<cohort).filter { $0 != device })
            }
        }
    }

    @Test func `the seed determines the graph`() {
        func graph(_ seed: [UInt8]) -> [[Int]] {
            let graph = NeighbourGraph(cohortSize: 100, degree: 8, seed: seed)
            return (0..<100).map(graph.neighbours)
        }
        #expect(graph(seed) == graph(seed))
        #expect(graph(seed) != graph([UInt8](repeating: 8, count: 32)))
    }

    @Test func `strangers have no neighbours`() {
        let graph = NeighbourGraph(cohortSize: 10, degree: 4, seed: seed)
        for stranger in [-1, 10, .max, .min] { #expect(graph.neighbours(of: stranger).isEmpty) }
    }
}

@Suite struct GraphSecurityTests {
    /// P[X >= least] by multiplying out the draws one after the other, without factorials: the
    /// distribution of marked devices after each draw.
    func tail(_ least: Int, population: Int, marked: Int, draws: Int) -> Double {
        var distribution = [1.0] + [Double](repeating: 0, count: draws)
        for draw in 0..<draws {
            for found in stride(from: draw + 1, through: 0, by: -1) {
                let left = Double(population - draw)
                let missed =
                    found <= draw
                    ? distribution[found] * (1 - Double(marked - found) / left) : 0
                let hit =
                    found > 0 ? distribution[found - 1] * Double(marked - found + 1) / left : 0
                distribution[found] = max(0, missed) + max(0, hit)
            }
        }
        return least > draws ? 0 : distribution[max(0, least)...].reduce(0, +)
    }

    @Test(arguments: [
        (1_000, 0.05, 0.1, -40.0), (1_000, 0.0, 0.3, -40), (10_000, 0.1, 0.3, -40),
        (100_000, 0.05, 0.1, -40), (500, 0.02, 0.05, -20), (10_000, 0.2, 0.2, -30),
    ])
    func `all failures are as rare as promised, and a smaller degree would not do`(
        cohort: Int, corruptShare: Double, dropoutShare: Double, exponent: Double
    ) throws {
        let chosen = try GraphSecurity.choose(
            cohortSize: cohort, corruptShare: corruptShare, dropoutShare: dropoutShare,
            failureExponent: exponent, lossExponent: exponent / 2)
        let corrupt = Int((corruptShare * Double(cohort)).rounded(.up))
        let dropped = Int((dropoutShare * Double(cohort)).rounded(.up))
        let size = Double(cohort)
        func fails(_ degree: Int, _ threshold: Int, _ least: Int) -> Bool {
            let window = degree / 2
            let leak = exp2(exponent) * (1 + 1e-6)
            let loss = exp2(exponent / 2) * (1 + 1e-6)
            return size * tail(threshold, population: cohort - 1, marked: corrupt, draws: degree)
                > leak
                || size * tail(least, population: cohort, marked: corrupt, draws: window) > leak
                || size
                    * tail(
                        degree - threshold + 1, population: cohort - 1, marked: dropped,
                        draws: degree) > loss
                || size
                    * tail(
                        window - least + 1, population: cohort, marked: dropped, draws: window)
                    > loss
        }
        #expect(chosen.degree < cohort - 1 && chosen.degree % 2 == 0)
        #expect(!fails(chosen.degree, chosen.threshold, chosen.leastInWindow))
        let smaller = chosen.degree - 2
        for threshold in 1...smaller {
            for least in 1...smaller / 2 where abs(least - chosen.leastInWindow) < 4 {
                #expect(fails(smaller, threshold, least))
            }
        }
        #expect(
            chosen.threshold == 1
                || fails(chosen.degree, chosen.threshold - 1, chosen.leastInWindow))
        #expect(
            chosen.leastInWindow == 1
                || fails(chosen.degree, chosen.threshold, chosen.leastInWindow - 1))
    }

    /// Against a count of every window of the ring.
    /// Against a count of every window, on a ring that is walked by common neighbours: consecutive
    /// devices share all but two of theirs.
    @Test(arguments: [(31, 10), (64, 20)]) func `the sparsest window is found`(
        cohort: Int, degree: Int
    ) {
        var randomness = SeededRandomness(seed: 9, label: "windows")
        let graph = NeighbourGraph(
            cohortSize: cohort, degree: degree, seed: [UInt8](repeating: 3, count: 32))
        var ring = [0]
        var left = Set(1..<cohort)
        while let last = ring.last {
            let near = Set(graph.neighbours(of: last))
            let next = left.max { first, second in
                near.intersection(graph.neighbours(of: first)).count
                    < near.intersection(graph.neighbours(of: second)).count
            }
            guard let next else { break }
            ring.append(next)
            left.remove(next)
        }
        for _ in 0..<50 {
            let set = DeviceSet(
                (0..<cohort).filter { _ in Int.random(in: 0..<4, using: &randomness) > 0 },
                cohortSize: cohort)
            let expected = (0..<cohort).map { start in
                (0..<degree / 2).count { set.contains(ring[(start + $0) % cohort]) }
            }.min()
            #expect(graph.fewestInWindow(of: set) == expected)
        }
    }

    @Test func `a complete graph has no windows`() {
        let graph = NeighbourGraph(
            cohortSize: 9, degree: 8, seed: [UInt8](repeating: 3, count: 32))
        #expect(graph.fewestInWindow(of: DeviceSet([1], cohortSize: 9)) == nil)
    }

    @Test func `harsher conditions never take a smaller degree`() throws {
        for cohort in [300, 5_000, 100_000] {
            var degree = 0
            for share in [0.01, 0.05, 0.1, 0.2, 0.3] {
                let chosen = try GraphSecurity.choose(
                    cohortSize: cohort, corruptShare: share, dropoutShare: 0.1)
                #expect(chosen.degree >= degree)
                degree = chosen.degree
            }
            for exponent in [-45.0, -60, -80] {
                let chosen = try GraphSecurity.choose(
                    cohortSize: cohort, corruptShare: 0.3, dropoutShare: 0.1,
                    failureExponent: exponent)
                #expect(chosen.degree >= degree)
                degree = chosen.degree
            }
        }
    }

    @Test func `a complete graph withstands the stated devices with certainty`() throws {
        for cohort in 2...60 {
            for (corruptShare, dropoutShare) in [(0.0, 0.0), (0.05, 0.1), (0.2, 0.3), (0.3, 0.4)] {
                guard
                    let chosen = try? GraphSecurity.choose(
                        cohortSize: cohort, corruptShare: corruptShare, dropoutShare: dropoutShare),
                    chosen.degree == cohort - 1
                else { continue }
                let corrupt = Int((corruptShare * Double(cohort)).rounded(.up))
                let dropped = Int((dropoutShare * Double(cohort)).rounded(.up))
                #expect(chosen.threshold > corrupt)
                #expect(cohort - 1 - dropped >= chosen.threshold)
            }
        }
    }

    @Test(arguments: [
        (1, 0.0, 0.0, -40.0), (0, 0, 0, -40), (.min, 0, 0, -40), (100, -0.1, 0, -40),
        (100, 0, 1, -40), (100, .nan, 0, -40), (100, 0, 0, 0), (100, 0, 0, .nan),
        (100, 0.5, 0.5, -40), (3, 0.3, 0.3, -40),
    ])
    func `impossible conditions are refused`(
        cohort: Int, corrupt: Double, dropout: Double, exponent: Double
    ) {
        #expect {
            try GraphSecurity.choose(
                cohortSize: cohort, corruptShare: corrupt, dropoutShare: dropout,
                failureExponent: exponent)
        } throws: {
            if case .invalidParameters? = $0 as? AggregationError { true } else { false }
        }
    }
}

@Suite struct CommitteeSecurityTests {
    /// P[X >= least] by multiplying out the draws; see GraphSecurityTests.
    private let tail = GraphSecurityTests().tail

    @Test(arguments: [
        (50, 0.05, 0.1), (1_000, 0.05, 0.1), (1_000, 0.05, 0.3), (1_024, 0.0, 0.34),
        (10_000, 0.2, 0.2), (100_000, 0.05, 0.1),
    ])
    func `a committee fails as rarely as promised, and a smaller one would not do`(
        cohort: Int, corruptShare: Double, dropoutShare: Double
    ) throws {
        let chosen = try CommitteeSecurity.choose(
            cohortSize: cohort, corruptShare: corruptShare, dropoutShare: dropoutShare)
        let corrupt = Int((corruptShare * Double(cohort)).rounded(.up))
        let lost = Int((dropoutShare * Double(cohort)).rounded(.up))
        func fails(_ size: Int, _ quorum: Int) -> Bool {
            tail(2 * quorum - size, cohort, corrupt, size) > exp2(-40) * (1 + 1e-6)
                || tail(size - quorum + 1, cohort, lost, size) > exp2(-20) * (1 + 1e-6)
        }
        #expect(!fails(chosen.size, chosen.quorum))
        // The sizes that suffice are not quite an interval, but none far below does.
        let smaller = chosen.size * 9 / 10
        for quorum in smaller / 2 + 1...max(smaller, smaller / 2 + 1) where quorum <= smaller {
            #expect(fails(smaller, quorum))
        }
    }

    @Test(arguments: [(100, 0.0, 0.5), (100, 0.4, 0.3), (10, 0.1, 0.45), (1, 0, 0), (100, .nan, 0)])
    func `without an honest majority there is none`(
        cohort: Int, corrupt: Double, dropout: Double
    ) {
        #expect {
            try CommitteeSecurity.choose(
                cohortSize: cohort, corruptShare: corrupt, dropoutShare: dropout)
        } throws: {
            if case .invalidParameters? = $0 as? AggregationError { true } else { false }
        }
    }

    @Test func `committees of small cohorts leave nothing to chance`() throws {
        for cohort in 4...40 {
            let chosen = try CommitteeSecurity.choose(
                cohortSize: cohort, corruptShare: 0.1, dropoutShare: 0.2)
            let corrupt = (cohort + 9) / 10
            let lost = (cohort + 4) / 5
            #expect(2 * chosen.quorum - chosen.size > corrupt)
            #expect(chosen.size - lost >= chosen.quorum)
        }
    }
}

@Suite struct AggregationParametersTests {
    private func make(
        session: Int = 32, root: Int = 32, purpose: Int = 32, round: UInt64 = 0, cohort: Int = 10,
        length: Int = 1, bits: Int = 8, degree: Int = 4, threshold: Int = 2, committee: Int = 10,
        quorum: Int = 7, minimum: Int = 2, window: Int = 0, noise: ExcessNoise = .none
    ) throws -> AggregationParameters {
        try AggregationParameters(
            session: [UInt8](repeating: 0, count: session), round: round,
            rosterRoot: [UInt8](repeating: 1, count: root),
            purpose: [UInt8](repeating: 2, count: purpose), cohortSize: cohort,
            vectorLength: length, modulusBits: bits,
            graph: GraphSecurity(
                degree: degree, threshold: threshold, leastInWindow: window),
            committee: CommitteeSecurity(size: committee, quorum: quorum),
            minimumSurvivors: minimum, excessNoise: noise)
    }

    @Test func `parameters out of range are refused`() throws {
        _ = try make()
        _ = try make(degree: 9)
        let noise = try ExcessNoise(
            componentCount: 1, baseUnits: 3, targetUnits: 27, excluded: 1, cohortSize: 10,
            minimumSurvivors: 9)
        _ = try make(minimum: 9, noise: noise)
        let refused: [() throws -> AggregationParameters] = [
            { try make(session: 31) }, { try make(root: 0) }, { try make(purpose: 33) },
            { try make(cohort: 1) }, { try make(cohort: 1 << 20 + 1) },
            { try make(length: 0) }, { try make(bits: 0) }, { try make(bits: 33) },
            { try make(degree: 0) }, { try make(degree: 3) }, { try make(degree: 10) },
            { try make(threshold: 0) }, { try make(threshold: 5) }, { try make(minimum: 1) },
            { try make(minimum: 11) }, { try make(cohort: .min) }, { try make(degree: .max) },
            { try make(committee: 0) }, { try make(committee: 11) }, { try make(quorum: 0) },
            { try make(committee: 5, quorum: 6) }, { try make(length: .max) },
            { try make(window: 3) }, { try make(degree: 9, window: 1) }, { try make(window: -1) },
            // Divided for sums of nine or ten, not of two to ten.
            { try make(noise: noise) },
        ]
        for (index, make) in refused.enumerated() {
            #expect("\(index)") { _ = try make() } throws: {
                if case .invalidParameters? = $0 as? AggregationError { true } else { false }
            }
        }
    }

    @Test func `every parameter changes the digest`() throws {
        let others = [
            try make(round: 1), try make(cohort: 11), try make(length: 2), try make(bits: 9),
            try make(degree: 6), try make(threshold: 3), try make(committee: 9),
            try make(quorum: 8), try make(minimum: 3), try make(window: 1),
        ]
        let digests = Set(([try make()] + others).map(\.digest))
        #expect(digests.count == 11)
    }
}
