import DifferentialPrivacy
import Foundation
import PrivacyLedger
import SecureAggregation
import Sodium
import VectorKernels

@testable import PrivateAggregation

/// The checks of what devices and coordinator do with integers.
extension Pipeline {
    /// The alarms of rounds that were run.
    func encodingAlarms(_ rounds: [Round]) throws -> Set<Alarm> {
        var alarms: Set<Alarm> = []
        for (number, round) in rounds.enumerated() {
            if round.contributions.contains(where: { squaredNorm($0) > largestSquare }) {
                alarms.insert(.norm)
            }
            if zip(round.expected, round.integers).contains(where: { $0 != Int64($1) }) {
                alarms.insert(.sum)
            }
            if !isDecoding(round, session: session(number)) { alarms.insert(.decoding) }
            if try !hasPlannedNoise(round) { alarms.insert(.noise) }
        }
        if try !keepsNormBound() { alarms.insert(.norm) }
        if try !hasGoodSeeds(rounds) { alarms.insert(.seeds) }
        return alarms
    }

    /// Whether the vector that is the hardest to round stays within the bound: all of its rotated
    /// coordinates are half-way between integers, and its norm is the clipping norm.
    ///
    /// Without a check it is too long after 15 % of its roundings, so that 60 of them show that but
    /// for one chance in 10^4; with the check it never is.
    private func keepsNormBound() throws -> Bool {
        let norm = plan.clippingNorm / plan.granularity
        let count = Double(Self.dimension)
        let level = (norm / count.squareRoot() - 0.5).rounded(.down) + 0.5
        // How many coordinates may be one unit longer: (level + 1)^2 - level^2 for each.
        let longer = Int((norm * norm - count * level * level) / (2 * level + 1))
        var vector = (0..<Self.dimension).map {
            Float(($0 < longer ? level + 1 : level) * plan.granularity)
        }
        SessionRotation(session: session(0), dimension: Self.dimension).backward(&vector)
        let encoder = try FaultyEncoder(plan: plan, session: session(0), fault: fault)
        var randomness = SeededRandomness(seed: 5, label: "rounding")
        for _ in 0..<60 {
            let contribution = try encoder.encode(vector, device: 0, randomness: &randomness)
            if squaredNorm(contribution) > largestSquare { return false }
        }
        return true
    }

    private var largestSquare: Int64 { recordedPlan.largestRoundedSquare }

    private func squaredNorm(_ contribution: Contribution) -> Int64 {
        contribution.rounded.reduce(0) { $0 + Int64($1) * Int64($1) }
    }

    /// Whether what was published first is the integers, scaled and rotated back, and so on a
    /// lattice whose finest parts say nothing.
    private func isDecoding(_ round: Round, session: [UInt8]) -> Bool {
        var values = round.integers.map { Float($0) * Float(plan.granularity) }
        SessionRotation(session: session, dimension: Self.dimension).backward(&values)
        return values == round.published[0]
    }

    /// Whether the noise of the examined devices follows the distributions of the plan that is
    /// recorded. A device in order is refused with a probability of 1e-6 (four tests, each of
    /// them at 2.9e-7).
    private func hasPlannedNoise(_ round: Round) throws -> Bool {
        let devices = round.contributions.prefix(FaultyEncoder.examined)
        let division = recordedPlan.excessNoise
        let base = try recordedPlan.noise.noise(
            variance: Double(division.baseUnits) * recordedPlan.unitVariance)
        guard GoodnessOfFit.accepts(devices.flatMap(\.base), base) else { return false }
        for component in 0..<division.componentCount {
            let noise = try recordedPlan.componentNoise(component)
            let draws = devices.flatMap {
                component < $0.components.count ? $0.components[component] : []
            }
            guard GoodnessOfFit.accepts(draws, noise) else { return false }
        }
        return true
    }

    /// Whether seeds are 32 bytes of a device's own randomness, never the same twice.
    ///
    /// Of 2^18 seeds of 32 bits each, however they are expanded, some pair is the same but for one
    /// chance in 3,000; of seeds of 256 bits no pair shares 8 bytes but for one in 10^9.
    private func hasGoodSeeds(_ rounds: [Round]) throws -> Bool {
        let seeds = rounds.flatMap { $0.contributions.flatMap(\.seeds) }
        guard seeds.allSatisfy({ $0.count == 32 }), Set(seeds).count == seeds.count else {
            return false
        }
        for byte in 0..<32 where seeds.allSatisfy({ $0[byte] == seeds[0][byte] }) { return false }
        let encoder = try FaultyEncoder(plan: plan, session: session(0), fault: fault)
        var one = SeededRandomness(seed: 1, label: "one device")
        var other = SeededRandomness(seed: 2, label: "the same place, another device")
        guard
            encoder.makeSeed(device: 0, number: 0, from: &one)
                != encoder.makeSeed(device: 0, number: 0, from: &other)
        else { return false }
        let beginnings = (0..<1 << 18).map { number in
            encoder.makeSeed(device: 0, number: number, from: &one)[..<8].reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
        }.sorted()
        return !zip(beginnings, beginnings.dropFirst()).contains { $0 == $1 }
    }
}
