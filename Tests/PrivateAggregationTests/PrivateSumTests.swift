import DifferentialPrivacy
import Foundation
import PrivateAggregation
import SecureAggregation
import Sodium
import Testing
import VectorKernels

@Suite struct PrivateSumTests {
    private let session = [UInt8](repeating: 3, count: 32)

    private func vector(_ dimension: Int, norm: Float, seed: UInt64) -> [Float] {
        var randomness = SeededRandomness(seed: seed, label: "vector")
        let raw = (0..<dimension).map { _ in Float.random(in: -1...1, using: &randomness) }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { $0 * norm / length }
    }

    private func plan(
        dimension: Int = 100, sketchWidth: Int? = nil, rho: Double = 0.5, cohort: Int = 20,
        minimum: Int = 14, colluding: Int = 1, noise: NoiseDistribution? = nil
    ) throws -> PrivateSumPlan {
        try PrivateSumPlan(
            dimension: dimension, sketchWidth: sketchWidth, clippingNorm: 2, rho: rho,
            cohortSize: cohort, minimumSurvivors: minimum, colluding: colluding, noise: noise)
    }

    /// The sum of what `survivors` of the cohort encode, without the noise that would be removed
    /// again.
    private func sum(
        _ vectors: [[Float]], survivors: [Int], plan: PrivateSumPlan, encoder: PrivateSumEncoder,
        randomness: inout SeededRandomness
    ) throws -> RingVector {
        var sum = RingVector(zeros: plan.encodedDimension, bits: plan.modulusBits)
        for (rank, device) in survivors.enumerated() {
            let removed = plan.excessNoise.removedComponents(
                rank: rank, survivors: survivors.count)
            let seeds = encoder.makeNoiseSeeds(from: &randomness).enumerated().map {
                removed.contains($0) ? nil : $1
            }
            sum.add(
                try encoder.encode(vectors[device], noiseSeeds: seeds, randomness: &randomness))
        }
        return sum
    }

    @Test(arguments: NoiseDistribution.allCases, [(20, 14, 1), (20, 20, 3), (1000, 700, 50)])
    func `any tolerated number of survivors spends what was planned`(
        _ noise: NoiseDistribution, cohort: (size: Int, least: Int, colluding: Int)
    ) throws {
        for rho in [1e-3, 0.5, 20] {
            let plan = try plan(
                rho: rho, cohort: cohort.size, minimum: cohort.least, colluding: cohort.colluding,
                noise: noise)
            #expect(plan.noise == noise && plan.colluding == cohort.colluding)
            for survivors in cohort.least...cohort.size {
                let achieved = try plan.achievedNoise(survivors: survivors).rho
                // Variances are multiples of 2^-16, and shares of the fewest cost a little less.
                #expect(achieved <= rho && achieved > rho * (1 - 2e-3))
            }
            // The noise that is left is a few percent above that of devices which all count.
            let ideal = plan.clippingNorm / (2 * rho).squareRoot()
            let counted = Double(cohort.size) / Double(cohort.size - cohort.colluding - 1)
            #expect(plan.sumStandardDeviation(survivors: cohort.size) > ideal)
            #expect(
                plan.sumStandardDeviation(survivors: cohort.size)
                    < 1.1 * ideal * counted.squareRoot() || rho > 1)
        }
    }

    @Test func `the noise family follows the rule`() throws {
        // Wide noise on the coarsest grid.
        #expect(try plan(dimension: 100_000, rho: 0.01).noise == .discreteGaussian)
        // A large cohort shares little noise: each share would be narrow.
        #expect(
            try plan(dimension: 10, rho: 1, cohort: 10_000, minimum: 9_000, colluding: 0).noise
                == .skellam)
        let narrow = try plan(
            dimension: 10, rho: 1, cohort: 10_000, minimum: 9_000, colluding: 0,
            noise: .discreteGaussian)
        #expect(narrow.unitVariance >= 8)
        let skellam = try plan(dimension: 10, rho: 1, cohort: 10_000, minimum: 9_000, colluding: 0)
        #expect(skellam.modulusBits < narrow.modulusBits)
    }

    @Test func `nonsense is refused`() {
        for (dimension, rho, cohort, minimum, colluding) in [
            (0, 1.0, 10, 5, 0), (5, 0, 10, 5, 0), (5, .nan, 10, 5, 0), (5, 1, 10, 11, 0),
            (5, 1, 10, 5, 5), (5, 1, 10, 5, -1),
        ] {
            #expect(throws: PrivateSumError.self) {
                try PrivateSumPlan(
                    dimension: dimension, clippingNorm: 1, rho: rho, cohortSize: cohort,
                    minimumSurvivors: minimum, colluding: colluding)
            }
        }
        for width in [0, -1, 100, 101] {
            #expect(throws: PrivateSumError.self) { try plan(sketchWidth: width) }
        }
    }

    @Test func `every part of a plan changes its digest`() throws {
        let digests = try [
            plan(), plan(dimension: 101), plan(sketchWidth: 50), plan(rho: 0.6), plan(cohort: 21),
            plan(minimum: 15), plan(colluding: 2), plan(noise: .skellam),
        ].map(\.digest)
        #expect(Set(digests).count == 8)
    }

    @Test func `vectors of another length and values that are not finite are refused`() throws {
        let plan = try plan()
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        var randomness = SeededRandomness(seed: 1, label: "noise")
        let seeds = encoder.makeNoiseSeeds(from: &randomness)
        #expect(throws: PrivateSumError.wrongDimension(expected: 100, actual: 99)) {
            try encoder.encode(
                [Float](repeating: 0, count: 99), noiseSeeds: seeds, randomness: &randomness)
        }
        for bad in [Float.nan, .infinity, -.infinity] {
            var vector = [Float](repeating: 0, count: 100)
            vector[7] = bad
            #expect(throws: PrivateSumError.notFinite) {
                try encoder.encode(vector, noiseSeeds: seeds, randomness: &randomness)
            }
        }
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        #expect(throws: PrivateSumError.wrongDimension(expected: 100, actual: 99)) {
            try decoder.decode(
                RingVector(zeros: 99, bits: plan.modulusBits), survivors: 20)
        }
    }

    /// The mean of 400 sums of 20 devices. Each coordinate's error has a known deviation; the
    /// chi-square over 100 coordinates stays below 200 but for one chance in 10^7, and above 40
    /// likewise: a bias of half a deviation of the mean would add 25, a wrong scale, sign or
    /// variance far more.
    @Test(arguments: NoiseDistribution.allCases, [14, 16, 19, 20])
    func `decoded sums are unbiased with the stated variance, whoever is lost`(
        _ noise: NoiseDistribution, survivors: Int
    ) throws {
        let plan = try plan(noise: noise)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        let vectors = (0..<20).map { vector(100, norm: 1.5, seed: UInt64($0)) }
        let members = Array((20 - survivors)..<20)
        let exact = (0..<100).map { index in
            members.reduce(0.0) { $0 + Double(vectors[$1][index]) }
        }
        let repeats = 400
        var mean = [Double](repeating: 0, count: 100)
        var squares = 0.0
        var randomness = SeededRandomness(seed: 5, label: "noise", "\(survivors)")
        for _ in 0..<repeats {
            let sum = try sum(
                vectors, survivors: members, plan: plan, encoder: encoder,
                randomness: &randomness)
            let estimate = try decoder.decode(sum, survivors: survivors)
            for (index, value) in estimate.values.enumerated() {
                let error = Double(value) - exact[index]
                mean[index] += error / Double(repeats)
                squares += error * error
            }
        }
        let deviation = plan.sumStandardDeviation(survivors: survivors)
        let variance = squares / Double(repeats * 100)
        // 40,000 draws: the variance is known to 0.7 %, six times that is allowed.
        #expect(abs(variance / (deviation * deviation) - 1) < 0.045)
        let statistic = mean.reduce(0) {
            $0 + $1 * $1 * Double(repeats) / (deviation * deviation)
        }
        #expect(statistic > 40 && statistic < 200)
        // Without the removal, a sum of all twenty would have 19 / 13 as much noise.
        let target = plan.sumStandardDeviation(survivors: 14)
        #expect(deviation / target < 1.09 && deviation / target > 0.93)
    }

    @Test(arguments: [1, 2, 3, 16, 17, 31, 33, 100, 1000, 4096])
    func `vectors of any dimension are rotated there and back`(dimension: Int) throws {
        let plan = try PrivateSumPlan(
            dimension: dimension, clippingNorm: 2, rho: 1e5, cohortSize: 2, minimumSurvivors: 2,
            colluding: 0)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        let original = vector(dimension, norm: 1.9, seed: 4)
        var randomness = SeededRandomness(seed: 2, label: "noise")
        let encoded = try encoder.encode(
            original, noiseSeeds: encoder.makeNoiseSeeds(from: &randomness).map { $0 },
            randomness: &randomness)
        #expect(encoded.count == dimension)
        // With so large a budget rounding is what is left.
        let decoded = try decoder.decode(encoded, survivors: 2)
        for (value, expected) in zip(decoded.values, original) {
            #expect(abs(value - expected) < 6 * Float(decoded.standardDeviation))
        }
        #expect(decoded.standardDeviation < 0.1)
    }

    /// A single coordinate spreads: no rotated coordinate is more than a few times its share.
    @Test(arguments: [64, 100, 127, 1000]) func `every coordinate is spread`(dimension: Int) throws
    {
        let plan = try PrivateSumPlan(
            dimension: dimension, clippingNorm: 1, rho: 1e6, cohortSize: 2, minimumSurvivors: 2,
            colluding: 0)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        var randomness = SeededRandomness(seed: 2, label: "noise")
        for place in [0, dimension / 2, dimension - 1] {
            var spike = [Float](repeating: 0, count: dimension)
            spike[place] = 1
            let encoded = try encoder.encode(spike, noiseSeeds: [], randomness: &randomness)
            let largest = encoded.signedElements.map { abs(Double($0)) * plan.granularity }.max()
            // Six deviations of a coordinate of variance 1 / p, p above half the dimension.
            #expect(try #require(largest) < 6 * (2 / Double(dimension)).squareRoot())
        }
    }

    @Test func `a vector that is too long is scaled down to the clipping norm`() throws {
        let plan = try plan(rho: 1e7)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        let long = vector(100, norm: 50, seed: 3)
        var randomness = SeededRandomness(seed: 2, label: "noise")
        let seeds = encoder.makeNoiseSeeds(from: &randomness)
        let decoded = try decoder.decode(
            try encoder.encode(long, noiseSeeds: seeds, randomness: &randomness), survivors: 1)
        // With so large a budget the noise is a few thousandths of the norm.
        for (value, original) in zip(decoded.values, long) {
            #expect(abs(value - original / 25) < 0.02)
        }
    }

    @Test(arguments: [64, 100]) func `equal vectors at the largest norm do not wrap around`(
        dimension: Int
    ) throws {
        let plan = try plan(dimension: dimension, rho: 2, cohort: 200, minimum: 150)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        var spike = [Float](repeating: 0, count: dimension)
        spike[dimension - 1] = 2
        let flat = [Float](repeating: 2 / Float(dimension).squareRoot(), count: dimension)
        for vector in [spike, flat] {
            var randomness = SeededRandomness(seed: 8, label: "noise")
            let sum = try sum(
                [[Float]](repeating: vector, count: 200), survivors: Array(0..<200), plan: plan,
                encoder: encoder, randomness: &randomness)
            let decoded = try decoder.decode(sum, survivors: 200)
            for (value, one) in zip(decoded.values, vector) {
                #expect(abs(value - 200 * one) < 6 * Float(decoded.standardDeviation))
            }
        }
    }

    /// A sketch of a quarter of the width, of sums that are themselves sparse: the error of every
    /// coordinate is within what the decoder says, and the root mean square close to it.
    @Test func `compressed sums are unbiased with the measured error`() throws {
        let plan = try plan(dimension: 4000, sketchWidth: 1000, rho: 5)
        #expect(
            plan.encodedDimension * plan.modulusBits * 3
                < 4000 * (try self.plan(dimension: 4000, rho: 5)).modulusBits)
        let vectors = (0..<20).map { device in
            var sparse = [Float](repeating: 0, count: 4000)
            for item in 0..<30 { sparse[(device * 7 + item * item) % 4000] = 0.3 }
            return sparse
        }
        var ratio = 0.0
        var bias = [Double](repeating: 0, count: 4000)
        let repeats = 60
        for trial in 0..<repeats {
            let session = [UInt8](repeating: UInt8(trial), count: 32)
            let encoder = try PrivateSumEncoder(plan: plan, session: session)
            var randomness = SeededRandomness(seed: UInt64(trial), label: "noise")
            let sum = try sum(
                vectors, survivors: Array(0..<20), plan: plan, encoder: encoder,
                randomness: &randomness)
            let estimate = try PrivateSumDecoder(plan: plan, session: session)
                .decode(sum, survivors: 20)
            var square = 0.0
            for index in 0..<4000 {
                let exact = vectors.reduce(0.0) { $0 + Double($1[index]) }
                let error = Double(estimate.values[index]) - exact
                square += error * error
                bias[index] += error / (estimate.standardDeviation * Double(repeats).squareRoot())
            }
            ratio += (square / 4000).squareRoot() / estimate.standardDeviation / Double(repeats)
        }
        #expect(abs(ratio - 1) < 0.05)
        // Sums of sixty errors, in units of their deviation: none beyond six, and one on the
        // average.
        #expect(bias.allSatisfy { abs($0) < 6 })
        #expect(abs(bias.reduce(0) { $0 + $1 * $1 } / 4000 - 1) < 0.15)
    }

    @Test func `simulated noise has the variance of the real`() throws {
        let plan = try plan(dimension: 20_000)
        var randomness = SeededRandomness(seed: 4, label: "statistical")
        let noise = try StatisticalSum(plan: plan).noise(survivors: 18, randomness: &randomness)
        #expect(noise.count == 20_000)
        let deviation = plan.sumStandardDeviation(survivors: 18)
        let mean = noise.reduce(0.0) { $0 + Double($1) } / 20_000
        let variance = noise.reduce(0.0) { $0 + Double($1) * Double($1) } / 20_000
        // Six standard errors each: 1 % for the variance.
        #expect(abs(mean) < 6 * deviation / 20_000.0.squareRoot())
        #expect(abs(variance / (deviation * deviation) - 1) < 0.06)
    }

    @Test(arguments: NoiseDistribution.allCases)
    func `masked devices give the plain sum of the same integers without the excess noise`(
        _ noise: NoiseDistribution
    ) throws {
        let plan = try plan(cohort: 12, minimum: 6, colluding: 0, noise: noise)
        #expect(plan.excessNoise.componentCount > 0)
        let identities = try (0..<12).map {
            try SigningKey(seed: SecretBytes([UInt8](repeating: UInt8($0), count: 32)))
        }.sorted { $0.publicKey.lexicographicallyPrecedes($1.publicKey) }
        let roster = try Roster(identities.map(\.publicKey))
        let parameters = try plan.aggregationParameters(
            session: session, round: 0, rosterRoot: roster.root,
            graph: GraphSecurity(degree: 11, threshold: 4),
            committee: CommitteeSecurity(size: 12, quorum: 8))
        let terms = AggregationTerms(
            minimumSurvivors: 6, corruptShare: 0, purpose: plan.digest)
        let accepted = try terms.accept(parameters)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        func source(_ device: Int) -> SeededRandomness {
            SeededRandomness(seed: 6, label: "noise", "\(device)")
        }
        var coordinator = try AggregationCoordinator(parameters: parameters, roster: roster)
        var devices = try (0..<12).map { device in
            try PrivateSumDevice(
                encoder: encoder, accepted: accepted, membership: roster.member(device),
                identity: identities[device], noise: source(device),
                keys: SeededRandomness(seed: 6, label: "keys", "\(device)"))
        }
        // Device 0 never answers, 1 is lost after advertising, 2 after sharing, 3 after masking.
        for device in 1..<12 { try coordinator.receive(try devices[device].advertiseKeys()) }
        try coordinator.endAdvertising()
        for device in 2..<12 {
            let peers = try coordinator.introductions(for: device).peers.map {
                try $0.verified(under: parameters)
            }
            try coordinator.receive(try devices[device].shareKeys(with: peers), from: device)
        }
        try coordinator.endSharing()
        for device in 3..<12 {
            try coordinator.receive(
                try devices[device].contribute(
                    vector(100, norm: 3, seed: UInt64(device)),
                    receiving: coordinator.shares(for: device)))
        }
        let survivors = try coordinator.endMasking()
        for device in 4..<12 {
            try coordinator.receive(try devices[device].endorse(survivors))
        }
        try coordinator.endEndorsing { _, _ in }
        let verified = try coordinator.unmaskingRequest().verified(by: accepted)
        for device in 4..<12 {
            try coordinator.receive(try devices[device].unmask(verified))
        }
        var plain = RingVector(zeros: 100, bits: plan.modulusBits)
        for (rank, device) in (3..<12).enumerated() {
            var randomness = source(device)
            let removed = plan.excessNoise.removedComponents(rank: rank, survivors: 9)
            let seeds = encoder.makeNoiseSeeds(from: &randomness).enumerated().map {
                removed.contains($0) ? nil : $1
            }
            plain.add(
                try encoder.encode(
                    vector(100, norm: 3, seed: UInt64(device)), noiseSeeds: seeds,
                    randomness: &randomness))
        }
        let unmasked = try coordinator.reveal()
        #expect(!unmasked.removedNoise.isEmpty && unmasked.sum != plain)
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        #expect(try decoder.removeExcessNoise(from: unmasked) == plain)
    }

    @Test func `a device contributes to the sum that it agreed to only`() throws {
        let plan = try plan(cohort: 12, minimum: 12)
        let identities = try (0..<12).map {
            try SigningKey(seed: SecretBytes([UInt8](repeating: UInt8($0), count: 32)))
        }
        let roster = try Roster(identities.map(\.publicKey))
        let own = try #require(identities.first { $0.publicKey == roster.identities[0] })
        let parameters = try plan.aggregationParameters(
            session: session, round: 0, rosterRoot: roster.root,
            graph: GraphSecurity(degree: 11, threshold: 4),
            committee: CommitteeSecurity(size: 12, quorum: 8))
        func join(_ plan: PrivateSumPlan, _ parameters: AggregationParameters) throws {
            _ = try PrivateSumDevice(
                encoder: try PrivateSumEncoder(plan: plan, session: session),
                accepted: AcceptedParameters(parameters), membership: roster.member(0),
                identity: own, noise: SeededRandomness(seed: 1), keys: SeededRandomness(seed: 2))
        }
        try join(plan, parameters)
        #expect(throws: AggregationError.otherSession) {
            let other = try PrivateSumEncoder(
                plan: plan, session: [UInt8](repeating: 4, count: 32))
            _ = try PrivateSumDevice(
                encoder: other, accepted: AcceptedParameters(parameters),
                membership: roster.member(0), identity: own, noise: SeededRandomness(seed: 1),
                keys: SeededRandomness(seed: 2))
        }
        func isRefused(_ plan: PrivateSumPlan, _ parameters: AggregationParameters) -> Bool {
            do {
                try join(plan, parameters)
                return false
            } catch AggregationError.refusedTerms { return true } catch { return false }
        }
        #expect(isRefused(try self.plan(rho: 0.6, cohort: 12, minimum: 12), parameters))
        // The right digest, and another sum all the same.
        func varied(
            length: Int = 100, bits: Int? = nil, minimum: Int = 12, noise: ExcessNoise? = nil
        ) throws -> AggregationParameters {
            try AggregationParameters(
                session: session, round: 0, rosterRoot: roster.root, purpose: plan.digest,
                cohortSize: 12, vectorLength: length, modulusBits: bits ?? plan.modulusBits,
                graph: parameters.graph, committee: parameters.committee,
                minimumSurvivors: minimum, excessNoise: noise ?? plan.excessNoise)
        }
        #expect(isRefused(plan, try varied(length: 101)))
        #expect(isRefused(plan, try varied(bits: plan.modulusBits + 1)))
        #expect(isRefused(plan, try varied(noise: ExcessNoise.none)))
        let half = try ExcessNoise(
            componentCount: 1, baseUnits: 1, targetUnits: 11, excluded: 1, cohortSize: 12,
            minimumSurvivors: 12)
        #expect(isRefused(plan, try varied(noise: half)))
    }

    @Test func `noise that is wider than tables reach takes a coarser grid, and then is refused`()
        throws
    {
        for noise in NoiseDistribution.allCases {
            let plan = try PrivateSumPlan(
                dimension: 1_000_000, clippingNorm: 1, rho: 1e-3, cohortSize: 100,
                minimumSurvivors: 90, colluding: 5, noise: noise)
            #expect(plan.localVariance > 2 * NoiseDistribution.largestTabulatedVariance)
            #expect(plan.granularity > 0.1 / 1000)
            let encoder = try PrivateSumEncoder(plan: plan, session: session)
            var randomness = SeededRandomness(seed: 1, label: "wide", noise.rawValue)
            let encoded = try encoder.encode(
                [Float](repeating: 0, count: 1_000_000),
                noiseSeeds: encoder.makeNoiseSeeds(from: &randomness), randomness: &randomness)
            let square = encoded.signedElements.reduce(0.0) { $0 + Double($1) * Double($1) } / 1e6
            // A million draws: the variance is known to 0.14 %; rounding of zeros adds none.
            #expect(abs(square / plan.localVariance - 1) < 0.009)
            #expect(throws: PrivateSumError.self) {
                try PrivateSumPlan(
                    dimension: 1 << 29, clippingNorm: 1, rho: 1e-6, cohortSize: 100,
                    minimumSurvivors: 90, colluding: 5, noise: noise)
            }
        }
    }
}
