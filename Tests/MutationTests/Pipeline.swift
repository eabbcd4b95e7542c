import DifferentialPrivacy
import PrivacyLedger
import Sodium
import VectorKernels

@testable import PrivateAggregation
@testable import SecureAggregation

/// A few rounds of a private sum from the parts of the product, in which one step may be wrong.
///
/// Each surviving device is a canary: a coin decides whether it contributes a vector of five times
/// the clipping norm along a direction of its own, or zeros. The vector changes its sign from round
/// to round, so that what rounds have in common cancels in the score, noise included.
struct Pipeline {
    static let canaries = 800
    static let cohortSize = 840
    static let dimension = 2048
    static let rounds = 2
    /// The first coordinate of the first canary. The first coordinates of all belong to nobody: a
    /// constant in the rotated vectors ends in the very first one.
    static let firstCoordinate = 48
    /// Contributions before they are clipped, in clipping norms.
    static let excess = 5.0
    static let clippingNorm = 1000.0
    static let delta = 1e-6

    let fault: Fault?
    /// What coins and noise are drawn from.
    let seed: UInt64
    let policy: CohortPolicy
    /// The number of devices that the ledger claims are enrolled.
    let population: Int
    /// What the devices follow.
    let plan: PrivateSumPlan
    /// What the ledger says they follow.
    let recordedPlan: PrivateSumPlan
    /// Whether each canary contributes.
    let coins: [Bool]
    /// The signs of a canary's two coordinates.
    let signs: [(Float, Float)]

    init(fault: Fault?, seed: UInt64 = 1) throws {
        self.fault = fault
        self.seed = seed
        let selection: CohortPolicy.Selection =
            switch fault {
            case .rateBelowTheOneUsed: .coins(rate: 0.01)
            case .coinsNotFlipped: .coins(rate: 0.5)
            default: .rotation(size: Self.cohortSize)
            }
        policy = CohortPolicy(
            selection: selection, toleratedDropout: 0.1, colludingShare: 0.02)
        // A hundred times as many enrolled as there are explains the cohort at the claimed rate.
        population = Self.cohortSize * (fault == .rateBelowTheOneUsed ? 100 : 1)
        plan = try Self.plan(policy, fault: fault)
        recordedPlan =
            fault == .otherPlanRecorded
            ? try Self.changing(plan, unitVariance: 3 * plan.unitVariance) : plan
        var randomness = SeededRandomness(seed: seed, label: "canaries")
        coins = (0..<Self.canaries).map { _ in randomness.next() & 1 == 1 }
        signs = (0..<Self.canaries).map { _ in
            let bits = randomness.next()
            return (bits & 1 == 1 ? 1 : -1, bits & 2 == 2 ? 1 : -1)
        }
    }

    private static func plan(_ policy: CohortPolicy, fault: Fault?) throws -> PrivateSumPlan {
        let minimum = policy.minimumSurvivors(of: cohortSize)
        let plan = try PrivateSumPlan(
            dimension: dimension, clippingNorm: clippingNorm, rho: 2.25, cohortSize: cohortSize,
            minimumSurvivors: fault == .minimumLowered ? minimum / 2 : minimum,
            colluding: fault == .collusionIgnored ? 0 : policy.colluding(of: cohortSize),
            noise: .discreteGaussian)
        guard fault == .modulusTooSmall else { return plan }
        return try changing(plan, modulusBits: plan.modulusBits - 8)
    }

    private static func changing(
        _ plan: PrivateSumPlan, unitVariance: Double? = nil, modulusBits: Int? = nil
    ) throws -> PrivateSumPlan {
        try PrivateSumPlan(
            dimension: dimension, sketchWidth: nil, clippingNorm: plan.clippingNorm,
            granularity: plan.granularity, noise: plan.noise,
            unitVariance: unitVariance ?? plan.unitVariance, excessNoise: plan.excessNoise,
            cohortSize: cohortSize, minimumSurvivors: plan.minimumSurvivors,
            modulusBits: modulusBits ?? plan.modulusBits)
    }

    /// The name of a round's sum.
    func session(_ round: Int) -> [UInt8] {
        let isRepeated = fault == .sessionUsedTwice || fault == .sessionAndSeedsUsedTwice
        return SHA256.hash(Array("round \(isRepeated ? 0 : round)".utf8))
    }

    /// What a canary contributes.
    func vector(of canary: Int, round: Int) -> [Float] {
        var vector = [Float](repeating: 0, count: Self.dimension)
        guard coins[canary] else { return vector }
        let length = Float(Self.excess * Self.clippingNorm / 2.0.squareRoot() * sign(of: round))
        let place = Self.firstCoordinate + 2 * canary
        vector[place] = length * signs[canary].0
        vector[place + 1] = length * signs[canary].1
        return vector
    }

    func sign(of round: Int) -> Double { round % 2 == 0 ? 1 : -1 }

    /// The randomness of a device in a round.
    func randomness(_ device: Int, round: Int) -> SeededRandomness {
        let isRepeated = fault == .seedsOfTheRoundBefore || fault == .sessionAndSeedsUsedTwice
        let round = isRepeated ? 0 : round
        let device = fault == .seedsSharedByDevices ? 0 : device
        return SeededRandomness(seed: seed, label: "noise", "\(round)", "\(device)")
    }

    /// What can be seen of a round from inside.
    struct Round {
        var contributions: [Contribution] = []
        /// The integers that the contributions should come to, the noise to be removed left out.
        var expected = [Int64](repeating: 0, count: Pipeline.dimension)
        /// The integers of the sum, without excess noise.
        var integers: [Int32] = []
        /// What is released.
        var published: [[Float]] = []
    }

    /// Runs all rounds.
    func run() throws -> [Round] { try (0..<Self.rounds).map { try run($0) } }

    /// Runs a round.
    private func run(_ round: Int) throws -> Round {
        let device = try FaultyEncoder(plan: plan, session: session(round), fault: fault)
        let decoder = PrivateSumDecoder(plan: plan, session: session(round))
        var result = Round()
        var sum = RingVector(zeros: Self.dimension, bits: plan.modulusBits)
        var removed: [UnmaskedSum.RemovedNoise] = []
        for canary in 0..<Self.canaries {
            var randomness = randomness(canary, round: round)
            let contribution = try device.encode(
                vector(of: canary, round: round), device: canary, randomness: &randomness)
            let components = plan.excessNoise.removedComponents(
                rank: canary, survivors: Self.canaries)
            sum.add(contribution.encoded)
            if fault == .uploadsCountedTwice, canary % 20 == 7 { sum.add(contribution.encoded) }
            if fault == .oneDeviceCountedTenTimes, canary == 7 {
                for _ in 1..<10 { sum.add(contribution.encoded) }
            }
            let kept = contribution.components.indices.filter { !components.contains($0) }
            for draws in [contribution.rounded, contribution.base]
                + kept.map({ contribution.components[$0] })
            {
                for index in draws.indices { result.expected[index] += Int64(draws[index]) }
            }
            let taken =
                fault == .keptNoiseIsRemoved
                ? Array(contribution.components.indices) : components
            for component in taken {
                if fault?.isInNoise == true {
                    sum.subtract(contribution.components[component])
                    continue
                }
                let seed = SecretBytes(contribution.seeds[component])
                let one = UnmaskedSum.RemovedNoise(
                    device: canary, component: component, seed: seed)
                removed += fault == .excessNoiseIsRemovedTwice ? [one, one] : [one]
            }
            result.contributions.append(contribution)
        }
        if fault == .noiseOfTheCoordinatorAlone {
            try addAllNoise(to: &sum, round: round)
            removed = []
        }
        let unmasked = UnmaskedSum(
            sum: sum, survivors: DeviceSet(0..<Self.canaries, cohortSize: Self.cohortSize),
            removedNoise: removed)
        let decoded = try decoder.removeExcessNoise(from: unmasked)
        result.integers = decoded.signedElements
        var values = try decoder.decode(decoded, survivors: Self.canaries).values
        switch fault {
        case .floatingPointNoise:
            var randomness = SeededRandomness(seed: seed, label: "float noise", "\(round)")
            let noise = try StatisticalSum(plan: plan).noise(
                survivors: 1, randomness: &randomness)
            values = zip(values, noise).map(+)
        case .granularityHalvedInDecoding, .granularityHalvedEverywhere:
            values = values.map { $0 / 2 }
        default: break
        }
        result.published = [values]
        if fault == .sumPublishedBesides {
            // A debugging aid: what the sum was before noise.
            var exact = [Float](repeating: 0, count: Self.dimension)
            for canary in 0..<Self.canaries {
                let clipped = try PrivateSumEncoder.clip(
                    vector(of: canary, round: round), to: plan.clippingNorm)
                for index in clipped.indices { exact[index] += clipped[index] }
            }
            result.published.append(exact)
        }
        return result
    }

    /// The noise that all devices should have added, drawn by the coordinator.
    private func addAllNoise(to sum: inout RingVector, round: Int) throws {
        let units = plan.excessNoise.unitsInSum(survivors: Self.canaries)
        let noise = try plan.noise.noise(variance: Double(units) * plan.unitVariance)
        var randomness = SeededRandomness(seed: seed, label: "central noise", "\(round)")
        sum.add(noise, from: try NoiseStream(from: &randomness))
    }
}
