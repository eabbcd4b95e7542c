import DifferentialPrivacy
import Foundation
import SecureAggregation
import Sodium
import VectorKernels

@testable import PrivateAggregation

/// What a device adds to a sum, and how it came about.
struct Contribution {
    /// The clipped, rotated and rounded vector.
    var rounded: [Int32]
    /// The noise that stays.
    var base: [Int32]
    /// The noise that may be removed, by component.
    var components: [[Int32]]
    /// All seeds: of the components, of the rounding, of the noise that stays.
    var seeds: [[UInt8]]
    /// What leaves the device.
    var encoded: RingVector
}

/// The steps of ``PrivateSumEncoder``, of which one may be wrong; a test compares them without a
/// fault, bit for bit.
struct FaultyEncoder {
    let plan: PrivateSumPlan
    let session: [UInt8]
    let fault: Fault?
    private let rotation: SessionRotation
    private let base: [any IntegerNoise]
    private let components: [any IntegerNoise]

    /// Devices below this number are those that the checks of noise look at.
    static let examined = 128

    init(plan: PrivateSumPlan, session: [UInt8], fault: Fault?) throws {
        self.plan = plan
        self.session = session
        self.fault = fault
        rotation = SessionRotation(session: session, dimension: plan.encodedDimension)
        func faulty(_ noise: any IntegerNoise) throws -> any IntegerNoise {
            let variance: Double =
                switch fault {
                case .halfTheVariance: noise.variance / 2
                case .quarterOfTheVariance: noise.variance / 4
                case .noiseBeforeScaling:
                    // In real units, and divided by the granularity together with the vector.
                    noise.variance / (plan.granularity * plan.granularity)
                case .deviationTruncatedToAnInteger:
                    pow(noise.variance.squareRoot().rounded(.down), 2)
                default: noise.variance
                }
            let isOther = fault == .skellamForDiscreteGaussian
            return try (isOther ? .skellam : plan.noise).noise(variance: variance)
        }
        base = try plan.baseNoise().map(faulty)
        components = try (0..<plan.excessNoise.componentCount).map {
            try faulty(plan.componentNoise($0))
        }
    }

    /// Draws the seed of a stream of noise.
    func makeSeed(
        device: Int, number: Int, from randomness: inout SeededRandomness
    ) -> [UInt8] {
        var seed = [UInt8](repeating: 0, count: NoiseStream.seedLength)
        randomness.fill(&seed)
        switch fault {
        case .seedsOf32Bits: return seed.prefix(4) + [UInt8](repeating: 0, count: 28)
        case .hashedSeedsOf32Bits: return BLAKE2b.hash(Array(seed.prefix(4)))
        case .seedsFromPublicNames:
            return BLAKE2b.hash(session + Array("\(device) \(number)".utf8))
        default: return seed
        }
    }

    func encode(
        _ vector: [Float], device: Int, randomness: inout SeededRandomness
    ) throws -> Contribution {
        var seeds: [[UInt8]] = []
        func stream() throws -> NoiseStream {
            seeds.append(makeSeed(device: device, number: seeds.count, from: &randomness))
            return try NoiseStream(seed: SecretBytes(seeds[seeds.count - 1]))
        }
        let componentStreams = try components.map { _ in try stream() }
        let rounded = try round(rotated(vector), stream())
        var contribution = Contribution(
            rounded: rounded, base: [Int32](repeating: 0, count: rounded.count), components: [],
            seeds: [], encoded: RingVector(zeros: rounded.count, bits: plan.modulusBits))
        for noise in base {
            let draws = draw(noise, try stream(), device: device, beside: rounded)
            for index in draws.indices { contribution.base[index] += draws[index] }
        }
        for (noise, stream) in zip(components, componentStreams) {
            contribution.components.append(
                draw(noise, stream, device: device, beside: rounded))
        }
        contribution.seeds = seeds
        if fault == .clipAfterNoise {
            contribution.encoded.add(clippedAfterNoise(contribution))
        } else {
            for term in [contribution.rounded, contribution.base] + contribution.components {
                contribution.encoded.add(term)
            }
        }
        return contribution
    }

    private func rotated(_ vector: [Float]) throws -> [Float] {
        let norm = plan.clippingNorm
        var rotated: [Float] =
            switch fault {
            case .noClip, .clipAfterNoise: vector
            case .clipOfEachCoordinate: vector.map { min(max($0, -Float(norm)), Float(norm)) }
            case .clipToTwiceTheNorm: try PrivateSumEncoder.clip(vector, to: 2 * norm)
            // A device with much data counts for more than one.
            case .weightAfterClip: try PrivateSumEncoder.clip(vector, to: norm).map { 10 * $0 }
            case .granularityHalvedEverywhere:
                try PrivateSumEncoder.clip(vector, to: norm).map { 2 * $0 }
            default: try PrivateSumEncoder.clip(vector, to: norm)
            }
        rotation.forward(&rotated)
        return rotated
    }

    /// Rounds until the norm is within its bound. A vector that was not clipped would be rounded
    /// for ever, so that these bugs come with a missing check.
    private func round(_ rotated: [Float], _ coins: NoiseStream) throws -> [Int32] {
        let isChecked: Bool =
            switch fault {
            case .noClip, .clipAfterNoise, .clipOfEachCoordinate, .clipToTwiceTheNorm,
                .weightAfterClip, .granularityHalvedEverywhere, .normIsNotChecked:
                false
            default: true
            }
        var coins = coins
        var words = [UInt32](repeating: 0, count: rotated.count)
        var rounded = [Int32](repeating: 0, count: rotated.count)
        var square = Int64.max
        repeat {
            coins.fill(&words)
            square = Rotation.roundRandomly(
                rotated, in: 0..<rotated.count, scale: 1 / Float(plan.granularity), random: words,
                into: &rounded)
        } while isChecked && square > plan.largestRoundedSquare
        return rounded
    }

    /// Clips the noised vector in place of the vector.
    private func clippedAfterNoise(_ contribution: Contribution) -> [Int32] {
        var sum = contribution.rounded
        for term in [contribution.base] + contribution.components {
            for index in sum.indices { sum[index] += term[index] }
        }
        let square = sum.reduce(0.0) { $0 + Double($1) * Double($1) }
        let norm = plan.clippingNorm / plan.granularity
        let factor = min(1, norm / square.squareRoot())
        return sum.map { Int32((Double($0) * factor).rounded()) }
    }

    /// Draws noise for all coordinates.
    private func draw(
        _ noise: any IntegerNoise, _ stream: NoiseStream, device: Int, beside rounded: [Int32]
    ) -> [Int32] {
        var stream = stream
        var draws = [Int32](repeating: 0, count: rounded.count)
        noise.fill(&draws, using: &stream)
        let deviation = noise.variance.squareRoot()
        switch fault {
        case .noNoise, .noiseOfTheCoordinatorAlone: return draws.map { _ in 0 }
        case .mostDevicesAddNoNoise:
            // Many more than the plan's colluding ones, though not those that are looked at.
            return device >= Self.examined && device % 4 != 0 ? draws.map { _ in 0 } : draws
        case .halfTheCoordinates:
            return draws.indices.map { 2 * $0 < draws.count ? draws[$0] : 0 }
        case .onlyWhereTheVectorIsNotZero:
            return draws.indices.map { rounded[$0] == 0 ? 0 : draws[$0] }
        case .sameNoiseInAllCoordinates: return draws.map { _ in draws[0] }
        case .noiseWithoutSign: return draws.map { abs($0) }
        case .clampedNoise:
            let limit = Int32(2 * deviation)
            return draws.map { min(max($0, -limit), limit) }
        case .gaussianRoundedTowardZero: return continuous(draws.count, deviation, &stream)
        case .uniformNoise:
            let width = (12 * noise.variance).squareRoot()
            return draws.map { _ in Int32((width * (uniform(&stream) - 0.5)).rounded()) }
        default: return draws
        }
    }

    private func uniform(_ stream: inout NoiseStream) -> Double {
        (Double(stream.next() >> 12) + 0.5) * 0x1p-52
    }

    /// Box and Muller's method, and a conversion that truncates.
    private func continuous(
        _ count: Int, _ deviation: Double, _ stream: inout NoiseStream
    ) -> [Int32] {
        (0..<count).map { _ in
            let radius = (-2 * log(uniform(&stream))).squareRoot()
            return Int32(deviation * radius * cos(2 * .pi * uniform(&stream)))
        }
    }
}
