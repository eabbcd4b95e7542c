import Foundation
import Testing

@testable import DifferentialPrivacy

/// The accountant against figures computed elsewhere, and against the laws that epsilon obeys.
@Suite struct PrivacyAccountantTests {
    private func sampled(_ rate: Double, _ noise: Double) -> PrivacyEvent {
        .poissonSampled(rate: rate, .gaussian(noiseMultiplier: noise))
    }

    private func epsilon(
        _ event: PrivacyEvent, delta: Double,
        under relation: NeighbouringRelation = .addOrRemoveOne
    ) throws -> EpsilonBounds {
        var accountant = PrivacyAccountant(neighbouring: relation)
        try accountant.compose(event)
        return try accountant.epsilon(delta: delta)
    }

    /// Computed in 60-bit arithmetic by contours of two tilts, to 11 digits or more; single
    /// releases to 60 digits in closed form.
    private static let sampledGaussians:
        [(q: Double, sigma: Double, n: Int, delta: Double, epsilon: Double)] = [
            (0.01, 1, 10_000, 1e-6, 6.907384495044912),
            (0.01, 1, 1000, 1e-6, 2.124515171096889),
            (0.05, 2, 1000, 1e-6, 4.16260624),
            (0.001, 0.3, 10_000, 1e-10, 68.0600647528055),
            (0.0001, 10, 10_000, 1e-10, 0.004907672945838275),
            (1e-5, 20, 100, 1e-10, 1.901187911758559e-05),
            (1e-5, 0.5, 100_000, 1e-12, 4.14543862),
            (0.01, 1.3, 10_000, 1e-12, 6.67742511),
            (0.01, 0.5, 3, 1e-9, 7.834558878010886),
            (0.001, 0.05, 2, 1e-20, 601.6920792629306),
            (0.1, 0.05, 1_000_000, 1e-6, 19959169.40612716),
            (0.001, 0.1, 10_000_000, 1e-9, 447722.6542669348),
            (1e-6, 1, 1_000_000, 1e-15, 0.008973677398156221),
            (0.0001, 1, 100_000, 1e-15, 0.40942683639725225),
            (0.0001, 0.7, 10_000, 1e-30, 7.916575084290977),
            (0.5, 0.5, 10_000, 1e-20, 8099.4606766234665),
            (0.001, 1, 1, 1e-5, 0.00911156449),
            (0.3, 2, 1, 1e-12, 2.23489291),
        ]

    @Test(arguments: sampledGaussians.indices)
    func `bounds hold the epsilon of a sampled Gaussian`(_ index: Int) throws {
        let item = Self.sampledGaussians[index]
        let bounds = try epsilon(
            .repeated(sampled(item.q, item.sigma), count: item.n), delta: item.delta)
        // References with nine digits are that far off.
        #expect(bounds.lower <= item.epsilon * (1 + 2e-9))
        #expect(bounds.upper >= item.epsilon * (1 - 2e-9))
        #expect(bounds.relativeWidth < 2e-3)
    }

    @Test func `the anchor is certified to eleven digits`() throws {
        let bounds = try epsilon(.repeated(sampled(0.01, 1), count: 10_000), delta: 1e-6)
        #expect(bounds.relativeWidth < 1e-11)
        #expect(abs(bounds.upper - 6.90738449504) < 1e-10)
        #expect(bounds.accountant == .contour)
    }

    private static let others:
        [(
            name: String, event: PrivacyEvent, relation: NeighbouringRelation, delta: Double,
            epsilon: Double
        )] = [
            (
                "randomised response",
                .repeated(.randomizedResponse(noise: 0.5, buckets: 4), count: 10), .replaceOne,
                1e-6, 16.09426916713315
            ),
            (
                "discrete Laplace",
                .repeated(.discreteLaplace(rate: 0.1, sensitivity: 3), count: 100), .addOrRemoveOne,
                1e-8, 18.80516752131184
            ),
            (
                "discrete Gaussian",
                .repeated(.discreteGaussian(variance: 100, sensitivity: 1), count: 100),
                .addOrRemoveOne, 1e-6, 4.88657075
            ),
            (
                "Skellam", .repeated(.skellam(variance: 100, l1: 1, l2: 1), count: 2),
                .addOrRemoveOne, 1e-9, 0.7546131586077361
            ),
            (
                "Laplace", .repeated(.laplace(noiseMultiplier: 100), count: 10_000),
                .addOrRemoveOne, 1e-12, 7.2220701018942
            ),
            (
                "sampled Laplace",
                .repeated(.poissonSampled(rate: 0.05, .laplace(noiseMultiplier: 2)), count: 1000),
                .addOrRemoveOne, 1e-8, 4.2139339271821
            ),
            (
                "several contributions",
                .repeated(
                    .binomialContributions(of: 16, rate: 0.005, noiseMultiplier: 2), count: 1000),
                .addOrRemoveOne, 1e-7, 7.8931365975413
            ),
            (
                "replacement",
                .repeated(.poissonSampled(rate: 0.1, .gaussian(noiseMultiplier: 3)), count: 100),
                .replaceOne, 1e-8, 3.6969494771377
            ),
        ]

    @Test(arguments: others.indices)
    func `bounds hold the epsilon of other mechanisms`(_ index: Int) throws {
        let item = Self.others[index]
        let bounds = try epsilon(item.event, delta: item.delta, under: item.relation)
        #expect(bounds.lower <= item.epsilon * (1 + 2e-9), "\(item.name)")
        #expect(bounds.upper >= item.epsilon * (1 - 2e-9), "\(item.name)")
        #expect(bounds.relativeWidth < 1e-3, "\(item.name)")
    }

    @Test(.enabled(if: !ReferenceVectors.areAbsent, "\(ReferenceVectors.absence)"))
    func `every published case holds`() throws {
        let data = try #require(ReferenceVectors.data)
        for item in try ReferenceCase.cases(in: data, named: "the reference file") {
            let outcome = try item.check()
            #expect(outcome.passed, "\(outcome.id): \(outcome.note)")
        }
    }

    @Test(.enabled(if: !ReferenceVectors.areAbsent, "\(ReferenceVectors.absence)"))
    func `Rényi divergences of sampled Gaussians are exact at fractional orders`() throws {
        for item in ReferenceVectors.auxiliary("rdp_poisson_gaussian") {
            let rate = try #require(item.number("sampling_probability"))
            let noise = try #require(item.number("noise_multiplier"))
            let order = try #require(item.number("alpha"))
            let exact = try #require(item.number("rdp_exact"))
            let pair = GaussianMixturePair(noiseMultiplier: noise, rate: rate)
            let divergence = pair.moments(tilt: order - 1).logMoment / (order - 1)
            // Divergences far below 1 are differences of numbers near 1.
            #expect(abs(divergence - exact) < 1e-9 * exact + 3e-15 / (order - 1))
        }
    }

    /// The two ways to compose share the pairs and little else.
    @Test(arguments: [(0.02, 0.9, 60), (0.3, 2, 200), (0.001, 0.6, 500), (0.9, 5, 50)])
    func `the contour integral and the convolution agree`(q: Double, sigma: Double, n: Int) throws {
        let losses = LossComposition(
            terms: [(GaussianMixturePair(noiseMultiplier: sigma, rate: q), Double(n))])
        let contour = try #require(
            ContourIntegral(losses, for: .delta(1e-7), largestCount: 0x1p16)
        ).epsilon(delta: 1e-7)
        let lattice = try #require(
            LatticeConvolution(
                losses.censored(delta: 1e-7), for: .delta(1e-7), relativeWidth: 1e-5,
                largestCount: 1 << 17))
        let bounds = smallestEpsilon(delta: 1e-7, guess: lattice.center, bounds: lattice.delta)
        #expect(bounds.lower <= contour.upper && contour.lower <= bounds.upper)
        #expect((bounds.upper - bounds.lower) / bounds.upper < 2e-2)
        #expect(contour.relativeWidth < 1e-6)
    }

    @Test func `epsilon is monotone in every argument`() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<12 {
            let q = pow(10, Double.random(in: -3 ... -0.1, using: &generator))
            let sigma = pow(10, Double.random(in: -0.2...1, using: &generator))
            let n = Int(pow(10, Double.random(in: 1.8...5, using: &generator)))
            let delta = pow(10, Double.random(in: -12 ... -4, using: &generator))
            let base = try epsilon(.repeated(sampled(q, sigma), count: n), delta: delta)
            let more = [
                try epsilon(.repeated(sampled(min(1, q * 1.1), sigma), count: n), delta: delta),
                try epsilon(.repeated(sampled(q, sigma / 1.1), count: n), delta: delta),
                try epsilon(.repeated(sampled(q, sigma), count: n * 11 / 10 + 1), delta: delta),
                try epsilon(.repeated(sampled(q, sigma), count: n), delta: delta / 2),
            ]
            for other in more {
                #expect(
                    other.upper >= base.lower, "q \(q) sigma \(sigma) n \(n) delta \(delta)")
            }
            var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
            try accountant.compose(sampled(q, sigma), count: n)
            #expect(try accountant.renyiEpsilon(delta: delta) >= base.lower)
            #expect(base.lower <= base.upper && base.relativeWidth < 1e-3)
        }
    }

    @Test func `composition does not depend on order or grouping`() throws {
        let parts = [(0.01, 1.0, 300), (0.05, 2.0, 200), (0.002, 0.7, 400)].map {
            PrivacyEvent.repeated(sampled($0.0, $0.1), count: $0.2)
        }
        let orders = [
            PrivacyEvent.composed(parts), .composed(parts.reversed()),
            .composed([.composed([parts[2]]), .composed([parts[0], parts[1]])]),
            .composed([
                .repeated(sampled(0.01, 1), count: 150), parts[1], parts[2],
                .repeated(.repeated(sampled(0.01, 1), count: 50), count: 3),
            ]),
        ]
        let bounds = try orders.map { try epsilon($0, delta: 1e-7) }
        for other in bounds.dropFirst() {
            #expect(other.lower <= bounds[0].upper && bounds[0].lower <= other.upper)
        }
    }

    @Test func `rounds that stream cost what they cost at once`() throws {
        var stream = PrivacyAccountant(neighbouring: .addOrRemoveOne)
        for round in 0..<300 {
            try stream.compose(sampled(0.01 + 0.0001 * Double(round), 1 + 0.003 * Double(round)))
            guard round % 60 == 59 else { continue }
            let grown = try stream.spent(delta: 1e-6)
            let fresh = try stream.epsilon(delta: 1e-6)
            #expect(grown.lower <= fresh.upper && fresh.lower <= grown.upper)
            #expect(grown.relativeWidth < 1e-6)
        }
    }

    @Test func `delta and epsilon are each other's inverse`() throws {
        for event in [
            PrivacyEvent.repeated(sampled(0.02, 1.5), count: 400), .gaussian(noiseMultiplier: 1.2),
            .repeated(.laplace(noiseMultiplier: 10), count: 20), sampled(0.1, 1),
        ] {
            var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
            try accountant.compose(event)
            for delta in [1e-3, 1e-6, 1e-10] {
                let spent = try accountant.epsilon(delta: delta)
                let there = try accountant.delta(epsilon: spent.upper)
                #expect(there.lower <= delta * (1 + 1e-3) && there.upper >= delta * (1 - 1e-3))
            }
        }
    }

    @Test func `no finite guarantee is infinity with a reason`() throws {
        for event in [
            PrivacyEvent.gaussian(noiseMultiplier: 0), .laplace(noiseMultiplier: 0),
            .repeated(.poissonSampled(rate: 0.01, .gaussian(noiseMultiplier: 0)), count: 10),
        ] {
            let bounds = try epsilon(event, delta: 1e-6)
            #expect(bounds.upper == .infinity)
            #expect(bounds.reason?.contains("noise") == true)
        }
        let rare = try epsilon(
            .poissonSampled(rate: 1e-8, .gaussian(noiseMultiplier: 0)), delta: 1e-6)
        #expect(rare.upper == 0)
    }

    @Test(arguments: [0.05, 1, 1000], [1e-7, 1e-3, 1])
    func `edges are answered with numbers`(sigma: Double, q: Double) throws {
        for (n, delta) in [
            (1, 1e-3), (1, 1e-30), (10_000_000, 1e-3), (1_000_000, 1e-30), (7, 1e-12),
        ] {
            let bounds = try epsilon(.repeated(sampled(q, sigma), count: n), delta: delta)
            #expect(bounds.lower <= bounds.upper)
            #expect(bounds.upper.isFinite, "q \(q) sigma \(sigma) n \(n) delta \(delta)")
        }
    }

    @Test func `an event under the wrong relation is refused with the remedy`() throws {
        for (event, relation) in [
            (
                PrivacyEvent.fixedSizeSampled(
                    size: 10, population: 100, withReplacement: false, noiseMultiplier: 1),
                NeighbouringRelation.addOrRemoveOne
            ),
            (.randomizedResponse(noise: 0.1, buckets: 3), .addOrRemoveOne),
            (.concentrated(rho: 0.1, neighbouring: .zeroOutOne), .addOrRemoveOne),
            (.poissonSampled(rate: 0.1, .laplace(noiseMultiplier: 1)), .replaceOne),
            (.gaussian(noiseMultiplier: .nan), .addOrRemoveOne),
            (.poissonSampled(rate: 1.5, .gaussian(noiseMultiplier: 1)), .addOrRemoveOne),
        ] {
            var accountant = PrivacyAccountant(neighbouring: relation)
            #expect(throws: DifferentialPrivacyError.self) { try accountant.compose(event) }
        }
    }

    @Test func `sampling with and without replacement amplifies, and less than coins`() throws {
        let coins = try epsilon(.repeated(sampled(0.01, 1), count: 200), delta: 1e-6)
        for withReplacement in [false, true] {
            let fixed = PrivacyEvent.repeated(
                .fixedSizeSampled(
                    size: 10, population: 1000, withReplacement: withReplacement,
                    noiseMultiplier: 2), count: 200)
            let replaced = try epsilon(fixed, delta: 1e-6, under: .replaceOne)
            #expect(replaced.upper >= coins.lower * (1 - 1e-9))
            // With replacement the theorem counts every occurrence as if it were known.
            #expect(replaced.upper < (withReplacement ? 5 : 1.1) * coins.upper)
            #expect(replaced.lower <= replaced.upper)
            #expect(try epsilon(fixed, delta: 1e-6, under: .zeroOutOne).upper == replaced.upper)
        }
        // A sample of everybody is no sample.
        let everyone = try epsilon(
            .fixedSizeSampled(size: 9, population: 9, withReplacement: false, noiseMultiplier: 2),
            delta: 1e-6, under: .replaceOne)
        #expect(
            abs(everyone.upper - (try epsilon(.gaussian(noiseMultiplier: 1), delta: 1e-6)).upper)
                < 1e-9)
    }

    @Test func `shuffling amplifies with the number of users`() throws {
        var last = 2.0
        for users in [100, 1000, 10_000] {
            let bounds = try epsilon(
                .shuffled(users: users, localEpsilon: 2), delta: 1e-6, under: .replaceOne)
            #expect(bounds.upper < last)
            last = bounds.upper
        }
        let alone = try epsilon(
            .shuffled(users: 1, localEpsilon: 2), delta: 1e-6, under: .replaceOne)
        #expect(abs(alone.upper - 2) < 1e-4)
        // Theorem 3.1's closed form, which is looser: ln(1 + (e^l - 1) / (e^l + 1) *
        // (8 sqrt(e^l ln(4 / delta) / n) + 8 e^l / n)).
        let growth = exp(2.0)
        let closed = log(
            1 + (growth - 1) / (growth + 1)
                * (8 * (growth * log(4e6) / 10_000).squareRoot() + 8 * growth / 10_000))
        #expect(last < closed)
    }

    @Test func `parallel events cost what the dearest of them costs`() throws {
        let parts = [sampled(0.02, 1), sampled(0.01, 0.8), .gaussian(noiseMultiplier: 4)]
        let each = try parts.map { try epsilon(.repeated($0, count: 100), delta: 1e-6).upper }
        let together = try epsilon(
            .parallel(parts.map { .repeated($0, count: 100) }), delta: 1e-6)
        #expect(together.upper == each.max())
    }

    @Test func `events survive a ledger`() throws {
        let noise = DistributedNoise(
            distribution: .skellam,
            sensitivity: RoundedSensitivity(clippingNorm: 1, granularity: 0.01, dimension: 64),
            unitVariance: 40, shares: .init(count: 50, leastUnits: 1, totalUnits: 50))
        let event = PrivacyEvent.composed([
            .repeated(sampled(0.01, 1.1), count: 3), noise.event,
            .parallel([.laplace(noiseMultiplier: 2), .shuffled(users: 10, localEpsilon: 1)]),
            .correlated(
                CorrelatedNoise(
                    strategy: .toeplitz(coefficients: [1, 0.5], rounds: 8),
                    participation: .separated(separation: 2, most: 3), noiseMultiplier: 1)),
        ])
        let data = try JSONEncoder().encode(event)
        #expect(try JSONDecoder().decode(PrivacyEvent.self, from: data) == event)
        var accountant = PrivacyAccountant(neighbouring: .zeroOutOne)
        try accountant.compose(event)
        let spent = try accountant.epsilon(delta: 1e-6)
        #expect(spent.upper.isFinite && spent.accountant == .renyi)
        var damaged = noise
        damaged.damage()
        #expect(throws: DifferentialPrivacyError.self) { try accountant.compose(damaged.event) }
    }

    @Test func `an attacker's trade-off lies between guessing and the Gaussian's`() throws {
        var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
        try accountant.compose(.gaussian(noiseMultiplier: 1))
        for point in try accountant.tradeOff(falsePositiveRates: [0.01, 0.1, 0.5, 0.9]) {
            // The exact curve: Phi(Phi^-1(x) + mu), here by bisection.
            var (low, high) = (-10.0, 10.0)
            for _ in 0..<80 {
                let middle = (low + high) / 2
                if Normal.upperTail(-middle) < point.falsePositiveRate {
                    low = middle
                } else {
                    high = middle
                }
            }
            let exact = Normal.upperTail(-(low + 1))
            #expect(point.truePositiveRate >= exact * (1 - 1e-9))
            #expect(point.truePositiveRate < exact + 0.01)
        }
        // Total variation distance of two normal distributions one deviation apart.
        #expect(abs(try accountant.bestGuess() - Normal.upperTail(-0.5)) < 1e-9)
    }
}

extension DistributedNoise {
    /// What nobody should be able to decode.
    fileprivate mutating func damage() {
        self = DistributedNoise(
            distribution: distribution, sensitivity: sensitivity, unitVariance: -.infinity,
            shares: shares)
    }
}

/// A small generator for property tests (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
