import SecureAggregation
import Sodium
import VectorKernels

/// Where a device leaves a session.
enum Fate: Int, CaseIterable {
    case absent, afterAdvertising, afterSharing, afterMasking, stays
}

/// A whole masked sum in memory, for tests to run or to stop half-way.
struct MaskedSum {
    let accepted: AcceptedParameters
    let roster: Roster
    let vectors: [RingVector]
    /// The removable noise seeds of each device.
    let noiseSeeds: [[SecretBytes]]
    /// By number.
    let identities: [SigningKey]
    var coordinator: AggregationCoordinator
    var devices: [AggregationDevice<SeededRandomness>]

    var parameters: AggregationParameters { accepted.parameters }

    /// The identities of a cohort, in the order of the roster.
    static func identities(_ count: Int, seed: UInt64) throws -> [SigningKey] {
        try (0..<count).map { number in
            var randomness = SeededRandomness(seed: seed, label: "identity", "\(number)")
            return try SigningKey(seed: SecretBytes(count: 32, from: &randomness))
        }.sorted { $0.publicKey.lexicographicallyPrecedes($1.publicKey) }
    }

    init(
        cohortSize: Int, degree: Int, threshold: Int, minimumSurvivors: Int = 2,
        vectorLength: Int = 5, modulusBits: Int = 20, committee: CommitteeSecurity? = nil,
        excessNoise: ExcessNoise = .none, leastInWindow: Int = 0, round: UInt64 = 0,
        seed: UInt64 = 1
    ) throws {
        var randomness = SeededRandomness(seed: seed, label: "session")
        var session = [UInt8](repeating: 0, count: 32)
        randomness.fill(&session)
        let identities = try Self.identities(cohortSize, seed: seed)
        let roster = try Roster(identities.map(\.publicKey))
        let parameters = try AggregationParameters(
            session: session, round: round, rosterRoot: roster.root,
            purpose: [UInt8](repeating: 9, count: 32), cohortSize: cohortSize,
            vectorLength: vectorLength, modulusBits: modulusBits,
            graph: GraphSecurity(
                degree: degree, threshold: threshold, leastInWindow: leastInWindow),
            committee: committee ?? CommitteeSecurity(size: cohortSize, quorum: 1),
            minimumSurvivors: minimumSurvivors, excessNoise: excessNoise)
        let accepted = AcceptedParameters(parameters)
        let noiseSeeds = (0..<cohortSize).map { _ in
            (0..<excessNoise.componentCount).map { _ in
                SecretBytes(count: 32, from: &randomness)
            }
        }
        self.accepted = accepted
        self.roster = roster
        self.identities = identities
        self.noiseSeeds = noiseSeeds
        coordinator = try AggregationCoordinator(parameters: parameters, roster: roster)
        vectors = (0..<cohortSize).map { _ in
            var vector = [UInt32](repeating: 0, count: vectorLength)
            randomness.fill(&vector)
            return RingVector(vector, bits: modulusBits)
        }
        devices = try (0..<cohortSize).map {
            try AggregationDevice(
                accepted: accepted, membership: roster.member($0), identity: identities[$0],
                noiseSeeds: noiseSeeds[$0],
                randomness: SeededRandomness(seed: seed, label: "device", "\($0)"))
        }
    }

    /// The exact sum of the vectors of `members`.
    func plainSum(of members: some Sequence<Int>) -> RingVector {
        var sum = RingVector(zeros: parameters.vectorLength, bits: parameters.modulusBits)
        for member in members { sum.add(vectors[member]) }
        return sum
    }

    /// Runs `step` for the given devices. A device that refuses is gone, as it would be on a
    /// network.
    private mutating func each(
        _ members: [Int], _ step: (inout Self, Int) throws -> Void
    ) throws -> [Int] {
        var left: [Int] = []
        for member in members {
            do {
                try step(&self, member)
                left.append(member)
            } catch is AggregationError {}
        }
        return left
    }

    /// What a device checks before it shares its keys.
    func peers(of device: Int) throws -> [VerifiedPeer] {
        try coordinator.introductions(for: device).peers.map {
            try $0.verified(under: parameters)
        }
    }

    mutating func advertise(_ members: [Int]) throws {
        for member in members { try coordinator.receive(try devices[member].advertiseKeys()) }
        try coordinator.endAdvertising()
    }

    mutating func share(_ members: [Int]) throws -> [Int] {
        let left = try each(members) { run, member in
            let shares = try run.devices[member].shareKeys(with: try run.peers(of: member))
            try run.coordinator.receive(SealedShares(shares), from: member)
        }
        try coordinator.endSharing()
        return left
    }

    mutating func mask(_ members: [Int]) throws -> [Int] {
        let left = try each(members) { run, member in
            try run.coordinator.receive(
                try run.devices[member].mask(
                    run.vectors[member], receiving: run.coordinator.shares(for: member)))
        }
        _ = try coordinator.endMasking()
        return left
    }

    /// Lets the committee's members among `members` sign the survivors. Returns what all devices
    /// are told.
    mutating func endorse(
        _ members: [Int], _ survivors: DeviceSet
    ) throws -> UnmaskingRequest {
        _ = try each(members.filter { devices[$0].isInCommittee }) { run, member in
            try run.coordinator.receive(try run.devices[member].endorse(survivors))
        }
        try coordinator.endEndorsing { _, _ in }
        return try coordinator.unmaskingRequest()
    }

    mutating func unmask(_ members: [Int], _ request: UnmaskingRequest) throws -> UnmaskedSum {
        let verified = try request.verified(by: accepted)
        _ = try each(members) { run, member in
            try run.coordinator.receive(try run.devices[member].unmask(verified))
        }
        return try coordinator.reveal()
    }

    /// Runs all steps and returns the sum and whose vectors should be in it.
    mutating func run(_ fates: [Fate]) throws -> (sum: UnmaskedSum, survivors: [Int]) {
        func staying(_ fate: Fate, _ members: [Int]) -> [Int] {
            members.filter { fates[$0].rawValue >= fate.rawValue }
        }
        let present = staying(.afterAdvertising, Array(devices.indices))
        try advertise(present)
        let sharing = try share(staying(.afterSharing, present))
        let survivors = try mask(staying(.afterMasking, sharing))
        let staying = staying(.stays, survivors)
        let request = try endorse(
            staying, DeviceSet(survivors, cohortSize: parameters.cohortSize))
        return (try unmask(staying, request), survivors)
    }
}

/// The bytes of a secret.
func content(_ secret: SecretBytes) -> [UInt8] { secret.copy(0..<secret.count) }
