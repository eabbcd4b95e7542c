import DifferentialPrivacy
import Foundation
import PrivateAggregation
import SecureAggregation
import Sodium
import Testing
import VectorKernels

/// A whole round as test vectors: five devices, of which one is lost after it shared its keys and
/// one after it sent its masked vector.
@Suite struct RoundVectorTests {
    /// Everything that a second implementation needs to replay the round, and to compare.
    struct Round: Codable, Equatable {
        var session: String
        var round: UInt64
        var rosterRoot: String
        var plan: Plan
        /// The plan's digest.
        var purpose: String
        var degree: Int
        var threshold: Int
        var window: Int
        var committeeSize: Int
        var quorum: Int
        /// The parameters' digest.
        var digest: String
        var committee: [Int]
        var devices: [Device]
        /// The message of kind 6.
        var survivors: String
        /// The unmasked sum, with all its noise.
        var sum: [UInt32]
        /// Device and component of the noise that is removed.
        var removed: [[Int]]
        /// What is left then.
        var sumWithoutExcess: [UInt32]
    }

    struct Plan: Codable, Equatable {
        var dimension: Int
        var encodedDimension: Int
        var noise: NoiseDistribution
        var cohortSize: Int
        var minimumSurvivors: Int
        var modulusBits: Int
        var components: Int
        var baseUnits: Int
        var targetUnits: Int
        var excluded: Int
        var clippingNorm: Double
        var granularity: Double
        var unitVariance: Double

        init(_ plan: PrivateSumPlan) {
            dimension = plan.dimension
            encodedDimension = plan.encodedDimension
            noise = plan.noise
            cohortSize = plan.cohortSize
            minimumSurvivors = plan.minimumSurvivors
            modulusBits = plan.modulusBits
            components = plan.excessNoise.componentCount
            baseUnits = plan.excessNoise.baseUnits
            targetUnits = plan.excessNoise.targetUnits
            excluded = plan.excessNoise.excluded
            clippingNorm = plan.clippingNorm
            granularity = plan.granularity
            unitVariance = plan.unitVariance
        }
    }

    /// One device: its secrets, what it received and what it answered, as messages in hexadecimal.
    struct Device: Codable, Equatable {
        var identitySeed: String
        var member: String
        var randomnessKey: String
        var encryptionSecretKey: String
        var maskingSecretKey: String
        var selfMaskSeed: String
        var noiseSeeds: [String]
        var neighbours: [Int]
        /// The key that this device and its first neighbour agree on for each purpose.
        var firstPairKeys: [String: String]
        /// Encoded and noised, without masks.
        var elements: [UInt32]
        var advertisement: String
        var introductions: String
        var sharesSent: String
        var sharesReceived: String?
        var masked: String?
        var endorsement: String?
        var request: String?
        var unmasking: String?
    }

    @Test func `a round of five devices with two dropouts`() throws {
        let hexadecimal = VectorFiles.hexadecimal
        let plan = try PrivateSumPlan(
            dimension: 12, clippingNorm: 1, rho: 1, cohortSize: 5, minimumSurvivors: 3,
            colluding: 1)
        let session = [UInt8](0..<32)
        func secret(_ first: UInt8, _ number: Int) -> [UInt8] {
            (0..<32).map { first &+ UInt8(number) &* 16 &+ $0 }
        }
        let seeds = (0..<5).map { secret(0x40, $0) }
        let keys = try seeds.map { try SigningKey(seed: SecretBytes($0)) }
        let order = keys.indices.sorted {
            keys[$0].publicKey.lexicographicallyPrecedes(keys[$1].publicKey)
        }
        let roster = try Roster(keys.map(\.publicKey))
        let parameters = try plan.aggregationParameters(
            session: session, round: 7, rosterRoot: roster.root,
            graph: GraphSecurity(degree: 4, threshold: 2),
            committee: CommitteeSecurity(size: 4, quorum: 2))
        let accepted = AcceptedParameters(parameters)
        var coordinator = try AggregationCoordinator(parameters: parameters, roster: roster)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)

        var vectors: [Device] = []
        var devices: [AggregationDevice<VectorRandomness>] = []
        var encoded: [RingVector] = []
        for number in 0..<5 {
            let key = secret(0xa0, number)
            var draws = try VectorRandomness(key: key)
            let secrets = (0..<3).map { _ in
                var bytes = [UInt8](repeating: 0, count: 32)
                draws.fill(&bytes)
                return bytes
            }
            let noiseSeeds = (0..<plan.excessNoise.componentCount).map {
                secret(0xc0 + UInt8($0), number)
            }
            var noise = SeededRandomness(seed: UInt64(number), label: "vectors")
            let vector = (0..<12).map { Float(($0 * 5 + number * 3) % 7 - 3) / 10 }
            encoded.append(
                try encoder.encode(
                    vector, noiseSeeds: noiseSeeds.map { SecretBytes($0) }, randomness: &noise))
            devices.append(
                try AggregationDevice(
                    accepted: accepted, membership: roster.member(number),
                    identity: keys[order[number]], noiseSeeds: noiseSeeds.map { SecretBytes($0) },
                    randomness: try VectorRandomness(key: key)))
            var member = MessageWriter()
            roster.member(number).write(to: &member)
            vectors.append(
                Device(
                    identitySeed: hexadecimal(seeds[order[number]]),
                    member: hexadecimal(member.bytes), randomnessKey: hexadecimal(key),
                    encryptionSecretKey: hexadecimal(secrets[0]),
                    maskingSecretKey: hexadecimal(secrets[1]),
                    selfMaskSeed: hexadecimal(secrets[2]),
                    noiseSeeds: noiseSeeds.map(hexadecimal),
                    neighbours: accepted.graph.neighbours(of: number), firstPairKeys: [:],
                    elements: encoded[number].elements, advertisement: "", introductions: "",
                    sharesSent: ""))
            let advertisement = try devices[number].advertiseKeys()
            vectors[number].advertisement = hexadecimal(advertisement.encoded)
            try coordinator.receive(advertisement)
        }
        try coordinator.endAdvertising()

        for number in 0..<5 {
            let introductions = coordinator.introductions(for: number)
            vectors[number].introductions = hexadecimal(introductions.encoded)
            let first = introductions.peers[0].advertisement
            for (purpose, secret, peer) in [
                ("share", vectors[number].encryptionSecretKey, first.encryptionKey),
                ("mask", vectors[number].maskingSecretKey, first.maskingKey),
            ] {
                let pair = try KeyAgreement(secretKey: SecretBytes(VectorFiles.bytes(secret)))
                let key = try pair.sharedKey(
                    with: peer, context: Array(purpose.utf8) + parameters.digest)
                vectors[number].firstPairKeys[purpose] = hexadecimal(key.copy(0..<32))
            }
            let shares = SealedShares(
                try devices[number].shareKeys(
                    with: try introductions.peers.map { try $0.verified(under: parameters) }))
            vectors[number].sharesSent = hexadecimal(shares.encoded)
            try coordinator.receive(shares, from: number)
        }
        try coordinator.endSharing()

        // Device 1 is lost.
        for number in [0, 2, 3, 4] {
            let shares = coordinator.shares(for: number)
            vectors[number].sharesReceived = hexadecimal(shares.encoded)
            let masked = try devices[number].mask(encoded[number], receiving: shares)
            vectors[number].masked = hexadecimal(masked.encoded)
            try coordinator.receive(masked)
        }
        let survivors = try coordinator.endMasking()

        // Device 3 is lost.
        for number in [0, 2, 4] where accepted.committee.contains(number) {
            let endorsement = try devices[number].endorse(survivors)
            vectors[number].endorsement = hexadecimal(endorsement.encoded)
            try coordinator.receive(endorsement)
        }
        try coordinator.endEndorsing { _, _ in }
        for number in [0, 2, 4] {
            let request = try coordinator.unmaskingRequest(for: number)
            vectors[number].request = hexadecimal(request.encoded)
            let unmasking = try devices[number].unmask(try request.verified(by: accepted))
            vectors[number].unmasking = hexadecimal(unmasking.encoded)
            try coordinator.receive(unmasking)
        }
        let unmasked = try coordinator.reveal()
        var expected = RingVector(zeros: 12, bits: plan.modulusBits)
        for number in [0, 2, 3, 4] { expected.add(encoded[number]) }
        #expect(unmasked.sum == expected)
        #expect(unmasked.survivors.devices == [0, 2, 3, 4])
        #expect(!unmasked.removedNoise.isEmpty)
        let sum = try PrivateSumDecoder(plan: plan, session: session)
            .removeExcessNoise(from: unmasked)
        try VectorFiles.check(
            "round.json",
            Round(
                session: hexadecimal(session), round: 7, rosterRoot: hexadecimal(roster.root),
                plan: Plan(plan), purpose: hexadecimal(plan.digest), degree: 4, threshold: 2,
                window: 0,
                committeeSize: 4, quorum: 2, digest: hexadecimal(parameters.digest),
                committee: accepted.committee, devices: vectors,
                survivors: hexadecimal(survivors.encoded),
                sum: unmasked.sum.elements,
                removed: unmasked.removedNoise.map { [$0.device, $0.component] },
                sumWithoutExcess: sum.elements))
    }
}
