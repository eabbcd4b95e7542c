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
            #expect(close(mechanism.l2Sensitivity, l2))
            #expect(close(mechanism.roundedNormBound, l2 / granularity))
            #expect(
                close(mechanism.l1Sensitivity, try #require(vector.number("rounded_l1_bound"))))
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

    @Test func `the calibrated variance is the smallest that meets its rho`() throws {
        for rho in [1e-5, 0.01, 1] {
            for (granularity, contributors) in [(0.01, 500), (0.3, 3), (0.001, 100_000)] {
                func mechanism(_ variance: Double) throws -> DistributedDiscreteGaussian {
                    try DistributedDiscreteGaussian(
                        clippingNorm: 1, granularity: granularity, dimension: 1024,
                        localVariance: variance, contributors: contributors)
                }
                let variance = try DistributedDiscreteGaussian.smallestLocalVariance(
                    rho: rho, clippingNorm: 1, granularity: granularity, dimension: 1024,
                    contributors: contributors)
                #expect(try mechanism(variance).rho <= rho)
                #expect(try mechanism(variance - 0x1p-16).rho > rho)
                if variance <= 1e6 {
                    #expect(try DiscreteGaussian(variance: variance).variance == variance)
                }
            }
        }
    }

    @Test func `one contributor is a discrete Gaussian`() throws {
        let mechanism = try DistributedDiscreteGaussian(
            clippingNorm: 1, granularity: 0.1, dimension: 16, localVariance: 400, contributors: 1)
        #expect(mechanism.tau == 0)
        // A deviation of 20 ring units is one of 2 real ones.
        let expected = mechanism.l2Sensitivity * mechanism.l2Sensitivity / 8
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
            try DistributedDiscreteGaussian.smallestLocalVariance(
                rho: 0, clippingNorm: 1, granularity: 1, dimension: 1, contributors: 1)
        }
    }
}
