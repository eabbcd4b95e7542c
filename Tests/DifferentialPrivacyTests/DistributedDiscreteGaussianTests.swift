import DifferentialPrivacy
import Foundation
import Testing

@Suite struct DistributedDiscreteGaussianTests {
    private func close(_ left: Double, _ right: Double) -> Bool {
        abs(left - right) <= 1e-9 * abs(right) + 1e-300
    }

    @Test(.enabled(if: !ReferenceVectors.areAbsent, Comment(rawValue: ReferenceVectors.absence)))
    func `sensitivity, tau and rho equal the published ones`() throws {
        let vectors = ReferenceVectors.auxiliary("ddgauss")
        #expect(!vectors.isEmpty)
        for vector in vectors {
            let parameters = vector.object("parameters")
            let granularity = try #require(parameters.number("gamma"))
            let deviation = try #require(parameters.number("local_sigma")) / granularity
            let mechanism = try DistributedDiscreteGaussian(
                clippingNorm: try #require(parameters.number("l2_clip")), granularity: granularity,
                dimension: Int(try #require(parameters.number("dim"))),
                localVariance: deviation * deviation,
                contributors: Int(try #require(parameters.number("clients"))),
                roundingBias: try #require(parameters.number("beta")))
            let l2 = try #require(vector.number("rounded_l2_bound"))
            let l1 = try #require(vector.number("rounded_l1_bound"))
            #expect(close(mechanism.sensitivity.l2, l2 / granularity))
            #expect(close(mechanism.sensitivity.l1, l1 / granularity))
            #expect(close(mechanism.tau, try #require(vector.number("tau"))))
            let rho = try #require(vector.number("half_eps_sq_zcdp_rho"))
            #expect(close(mechanism.rho, rho))

            var accountant = RenyiAccountant(neighbouring: .zeroOutOne)
            try accountant.compose(
                mechanism.event, count: Int(try #require(parameters.number("steps"))))
            let epsilon = try accountant.epsilon(delta: try #require(parameters.number("delta")))
            // The library's orders are integers; ours are real. Where tau is beyond any use, the
            // library gains from an offset that zCDP cannot express.
            let published = try #require(vector.number("epsilon"))
            if mechanism.tau < 1 { #expect(epsilon <= published * (1 + 1e-9)) }
            for order in [1.5, 2, 10] {
                #expect(mechanism.renyiDivergence(order: order) <= rho * order * (1 + 1e-9))
            }
        }
    }

    @Test(arguments: NoiseDistribution.allCases)
    func `the calibrated variance is the smallest that meets its rho`(
        _ distribution: NoiseDistribution
    ) throws {
        for rho in [1e-5, 0.01, 1] {
            for (granularity, count, units) in [(0.01, 500, 4), (0.3, 3, 1), (0.001, 100_000, 7)] {
                let sensitivity = RoundedSensitivity(
                    clippingNorm: 1, granularity: granularity, dimension: 1024)
                let shares = DistributedNoise.Shares(
                    count: count, leastUnits: 1, totalUnits: count * units)
                func cost(_ variance: Double) throws -> Double {
                    try DistributedNoise(
                        distribution: distribution, sensitivity: sensitivity,
                        unitVariance: variance, shares: shares
                    ).rho
                }
                let variance = try DistributedNoise.smallestUnitVariance(
                    rho: rho, distribution: distribution, sensitivity: sensitivity, shares: shares)
                #expect(try cost(variance) <= rho)
                #expect(try cost(variance - 0x1p-16) > rho)
                if variance <= 1e4 {
                    #expect(try distribution.noise(variance: variance).variance == variance)
                }
            }
        }
    }

    @Test func `one contributor is a discrete Gaussian`() throws {
        let mechanism = try DistributedDiscreteGaussian(
            clippingNorm: 1, granularity: 0.1, dimension: 16, localVariance: 400, contributors: 1)
        #expect(mechanism.tau == 0)
        let expected = mechanism.sensitivity.l2 * mechanism.sensitivity.l2 / 800
        #expect(close(mechanism.rho, expected))
    }

    @Test func `more noise and more contributors never cost more`() throws {
        var last = Double.infinity
        for variance in [0.1, 0.5, 1, 2, 10, 1000, 1e9] {
            let mechanism = try DistributedDiscreteGaussian(
                clippingNorm: 1, granularity: 0.05, dimension: 256, localVariance: variance,
                contributors: 50)
            #expect(mechanism.rho < last)
            last = mechanism.rho
        }
    }

    @Test func `a million contributors are bounded without a million terms`() throws {
        let mechanism = try DistributedDiscreteGaussian(
            clippingNorm: 1, granularity: 0.05, dimension: 256, localVariance: 1,
            contributors: 1_000_000)
        let direct = (1..<1_000_000).reduce(0.0) {
            $0 + 10 * exp(-2 * .pi * .pi * Double($1) / Double($1 + 1))
        }
        #expect(mechanism.tau >= direct * (1 - 1e-12))
        #expect(mechanism.tau < direct * 1.001)
    }

    @Test func `meaningless parameters are refused`() {
        func make(
            norm: Double = 1, granularity: Double = 1, dimension: Int = 1, variance: Double = 1,
            contributors: Int = 1, bias: Double = 0.5
        ) throws {
            _ = try DistributedDiscreteGaussian(
                clippingNorm: norm, granularity: granularity, dimension: dimension,
                localVariance: variance, contributors: contributors, roundingBias: bias)
        }
        #expect(throws: Never.self) { try make() }
        for value in [0, -1, .nan, .infinity] {
            #expect(throws: DifferentialPrivacyError.self) { try make(norm: value) }
            #expect(throws: DifferentialPrivacyError.self) { try make(granularity: value) }
            #expect(throws: DifferentialPrivacyError.self) { try make(variance: value) }
        }
        #expect(throws: DifferentialPrivacyError.self) { try make(dimension: 0) }
        #expect(throws: DifferentialPrivacyError.self) { try make(contributors: 0) }
        #expect(throws: DifferentialPrivacyError.self) { try make(bias: 1) }
        #expect(throws: DifferentialPrivacyError.self) {
            try DistributedNoise.smallestUnitVariance(
                rho: 0, distribution: .discreteGaussian,
                sensitivity: RoundedSensitivity(clippingNorm: 1, granularity: 1, dimension: 1),
                shares: .init(count: 1, leastUnits: 1, totalUnits: 1))
        }
    }

    /// Shares of 2, 1, 1 and 3 units cost no less than their sum would as one share, and no more
    /// than as many shares as there are units.
    @Test func `shares of different sizes lie between one share and equal units`() throws {
        func cost(_ count: Int, _ variance: Double) throws -> Double {
            try DistributedDiscreteGaussian(
                clippingNorm: 1, granularity: 0.1, dimension: 64, localVariance: variance,
                contributors: count, totalVariance: 7 * 1.5
            ).rho
        }
        let mixed = try cost(4, 1.5)
        #expect(try cost(1, 7 * 1.5) < mixed && mixed < cost(7, 1.5))
    }
}
