import DifferentialPrivacy
import FederatedProtocol
import Foundation
import PrivacyLedger
import PrivateAggregation
import SecureAggregation
import Simulation
import Sodium
import VectorKernels

/// One private sum, step by step.
struct PrivateSumMeasurement: Codable {
    /// What a step took, and at least takes.
    struct Step: Codable {
        var name: String
        /// Milliseconds of one device, on the average, or of the coordinator for all of them.
        var milliseconds: Double
        /// Milliseconds of the limit.
        var limit: Double?
        /// What the limit is.
        var limitedBy: String?
    }

    var cohort: Int
    var length: Int
    var dropout: Double
    var modulusBits: Int
    var degree: Int
    var threshold: Int
    var committee: Int
    var quorum: Int
    var noise: NoiseDistribution
    var removableComponents: Int
    var device: [Step] = []
    var coordinator: [Step] = []
    var bytesUp: Int
    var bytesDown: Int
    var peakMemoryBytes = 0
    var limits: PrivateSumLimits

    init(
        cohort: Int, length: Int, dropout: Double, colluding: Double, limits: PrivateSumLimits
    ) throws {
        let lost = Int((dropout * Double(cohort)).rounded(.down))
        let tolerated = max(dropout, 0.1)
        let policy = CohortPolicy(
            selection: .everyone, toleratedDropout: tolerated, colludingShare: colluding)
        let colluders = Int((colluding * Double(cohort)).rounded(.up))
        let plan = try PrivateSumPlan(
            dimension: length, clippingNorm: 1, rho: 0.1, cohortSize: cohort,
            minimumSurvivors: cohort - Int(tolerated * Double(cohort)), colluding: colluders)
        let graph = try GraphSecurity.choose(
            cohortSize: cohort, corruptShare: policy.colludingShare, dropoutShare: tolerated)
        let committee = try CommitteeSecurity.choose(
            cohortSize: cohort, corruptShare: policy.colludingShare, dropoutShare: tolerated)
        let session = [UInt8](repeating: 7, count: 32)
        let identities = try (0..<cohort).map { _ in
            var randomness = SystemRandomness()
            return try SigningKey(seed: SecretBytes(count: 32, from: &randomness))
        }.sorted { $0.publicKey.lexicographicallyPrecedes($1.publicKey) }
        let roster = try Roster(identities.map(\.publicKey))
        let parameters = try plan.aggregationParameters(
            session: session, round: 0, rosterRoot: roster.root, graph: graph,
            committee: committee)
        let accepted = try AggregationTerms(
            minimumSurvivors: plan.minimumSurvivors, corruptShare: colluding, purpose: plan.digest
        ).accept(parameters)
        let traffic = RoundTraffic(broadcastByteCount: 0, parameters: parameters)
        self.cohort = cohort
        self.length = length
        self.dropout = dropout
        modulusBits = plan.modulusBits
        degree = graph.degree
        threshold = graph.threshold
        self.committee = committee.size
        quorum = committee.quorum
        noise = plan.noise
        removableComponents = plan.excessNoise.componentCount
        bytesUp = traffic.up
        bytesDown = traffic.down
        self.limits = limits

        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        var coordinator = try AggregationCoordinator(parameters: parameters, roster: roster)
        var devices = try (0..<cohort).map { number in
            try Participant(
                encoder: encoder, accepted: accepted, membership: roster.member(number),
                identity: identities[number])
        }
        let vector = [Float](repeating: 1 / Float(length).squareRoot(), count: length)
        var clock = StepClock()

        for number in devices.indices {
            let message = try clock.time("advertise") { try devices[number].advertise() }
            try clock.time("receive keys") { try coordinator.receive(message) }
        }
        try coordinator.endAdvertising()
        for number in devices.indices {
            let introductions = coordinator.introductions(for: number)
            let peers = try clock.time("verify neighbours") {
                try introductions.peers.map { try $0.verified(under: parameters) }
            }
            let shares = try clock.time("share keys") { try devices[number].share(peers) }
            try clock.time("receive shares") { try coordinator.receive(shares, from: number) }
        }
        try coordinator.endSharing()
        for number in lost..<cohort {
            let encoded = try clock.time("encode") { try devices[number].encode(vector) }
            let shares = coordinator.shares(for: number)
            let message = try clock.time("mask") {
                try devices[number].mask(encoded, receiving: shares)
            }
            try clock.time("receive vectors") { try coordinator.receive(message) }
        }
        let survivors = try coordinator.endMasking()
        for number in accepted.committee where survivors.contains(number) {
            let message = try clock.time("endorse") { try devices[number].endorse(survivors) }
            try clock.time("receive endorsements") { try coordinator.receive(message) }
        }
        try coordinator.endEndorsing { _, _ in }
        for number in lost..<cohort {
            let request = try coordinator.unmaskingRequest(for: number)
            let verified = try clock.time("verify survivors") { try request.verified(by: accepted) }
            let shares = try clock.time("unmask") { try devices[number].unmask(verified) }
            try clock.time("receive unmasking") { try coordinator.receive(shares) }
        }
        let unmasked = try clock.time("reveal") { try coordinator.reveal() }
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        let sum = try clock.time("remove noise") {
            try decoder.removeExcessNoise(from: unmasked)
        }
        _ = try clock.time("decode") { try decoder.decode(sum, survivors: survivors.count) }

        let laneBytes = Double(length * (plan.modulusBits <= 16 ? 2 : 4))
        let verification = 1e3 / limits.verificationsPerSecond
        let word = 4e3 * Double(length) / limits.keystreamBytesPerSecond
        device = [
            clock.mean("advertise", 0, nil),
            clock.mean("verify neighbours", verification * Double(graph.degree), "Ed25519"),
            clock.mean(
                "share keys", 1e3 * Double(graph.degree) / limits.agreementsPerSecond, "X25519"),
            clock.mean(
                "encode", word * Double(2 + plan.excessNoise.componentCount),
                "keystream of rounding and noise"),
            clock.mean(
                "mask",
                1e3 * limits.seconds(ofMasks: Double(graph.degree + 1) * laneBytes)
                    + 1e3 * Double(graph.degree) / limits.agreementsPerSecond,
                "keystream and addition of the masks, X25519"),
            clock.mean("endorse", 0, nil),
            clock.mean(
                "verify survivors", verification * Double(committee.quorum + graph.degree),
                "Ed25519"),
            clock.mean("unmask", 0, nil),
        ]
        let pairs = (0..<lost).reduce(0) { total, number in
            total + accepted.graph.neighbours(of: number).count(where: survivors.contains)
        }
        self.coordinator = [
            clock.total("receive keys", verification * Double(cohort), "Ed25519"),
            clock.total("receive shares", 0, nil),
            clock.total("receive vectors", 0, nil),
            clock.total("receive endorsements", 0, nil),
            clock.total("receive unmasking", 0, nil),
            clock.total(
                "reveal",
                1e3 * limits.seconds(ofMasks: Double(survivors.count + pairs) * laneBytes)
                    + 1e3 * Double(pairs) / limits.agreementsPerSecond,
                "keystream and addition of the masks, X25519"),
            clock.total(
                "remove noise", word * Double(unmasked.removedNoise.count), "keystream of the noise"
            ),
            clock.total("decode", 0, nil),
        ]
        peakMemoryBytes = ProcessUsage.current.peakMemoryBytes
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    var table: String {
        func rows(_ steps: [Step]) -> String {
            steps.map { step in
                var row = "  " + step.name.padding(toLength: 22, withPad: " ", startingAt: 0)
                row += String(format: "%11.3f ms", step.milliseconds)
                if let limit = step.limit, limit > 0, let limitedBy = step.limitedBy {
                    row += String(format: "%8.2f x ", step.milliseconds / limit) + limitedBy
                }
                return row
            }.joined(separator: "\n")
        }
        let header = String(
            format: "%d devices, %d coordinates of %d bits, %.0f %% lost at masking", cohort,
            length,
            modulusBits, 100 * dropout)
        let sixteenBits = Double(2 * length)
        return header
            + """
            ; \(degree) neighbours, threshold \(threshold), committee \(committee), quorum \(quorum); \
            \(noise.rawValue), \(removableComponents) removable
            one device
            \(rows(device))
            coordinator
            \(rows(coordinator))
            a device sends \(bytesUp) bytes \
            (\(String(format: "%.2f", Double(bytesUp) / sixteenBits)) x of 16 bits a coordinate) and \
            receives \(bytesDown); peak memory of all parties \(peakMemoryBytes / 1_000_000) MB

            """
    }
}

/// A device with the encoding apart from the masking, so that both can be timed.
private struct Participant {
    let encoder: PrivateSumEncoder
    let noiseSeeds: [SecretBytes]
    var noise = SystemRandomness()
    var aggregation: AggregationDevice<SystemRandomness>

    init(
        encoder: PrivateSumEncoder, accepted: AcceptedParameters, membership: RosterMember,
        identity: SigningKey
    ) throws {
        self.encoder = encoder
        noiseSeeds = encoder.makeNoiseSeeds(from: &noise)
        aggregation = try AggregationDevice(
            accepted: accepted, membership: membership, identity: identity, noiseSeeds: noiseSeeds,
            randomness: SystemRandomness())
    }

    mutating func advertise() throws -> KeyAdvertisement { try aggregation.advertiseKeys() }

    mutating func share(_ peers: [VerifiedPeer]) throws -> SealedShares {
        SealedShares(try aggregation.shareKeys(with: peers))
    }

    mutating func encode(_ vector: [Float]) throws -> RingVector {
        try encoder.encode(vector, noiseSeeds: noiseSeeds, randomness: &noise)
    }

    mutating func mask(
        _ vector: RingVector, receiving shares: DeliveredShares
    ) throws -> MaskedInput {
        try aggregation.mask(vector, receiving: shares)
    }

    mutating func endorse(_ survivors: DeviceSet) throws -> Endorsement {
        try aggregation.endorse(survivors)
    }

    mutating func unmask(_ survivors: VerifiedSurvivors) throws -> UnmaskingShares {
        try aggregation.unmask(survivors)
    }
}

/// Adds up processor time by step.
private struct StepClock {
    private var seconds: [String: (total: Double, count: Int)] = [:]

    mutating func time<Result>(_ step: String, _ body: () throws -> Result) rethrows -> Result {
        let start = Stopwatch.now
        let result = try body()
        let (total, count) = seconds[step] ?? (0, 0)
        seconds[step] = (total + Stopwatch.now - start, count + 1)
        return result
    }

    func mean(_ step: String, _ limit: Double, _ limitedBy: String?) -> PrivateSumMeasurement.Step {
        let (total, count) = seconds[step] ?? (0, 1)
        return .init(
            name: step, milliseconds: total / Double(count) * 1e3,
            limit: limitedBy == nil ? nil : limit, limitedBy: limitedBy)
    }

    func total(_ step: String, _ limit: Double, _ limitedBy: String?) -> PrivateSumMeasurement.Step
    {
        .init(
            name: step, milliseconds: (seconds[step]?.total ?? 0) * 1e3,
            limit: limitedBy == nil ? nil : limit, limitedBy: limitedBy)
    }
}
