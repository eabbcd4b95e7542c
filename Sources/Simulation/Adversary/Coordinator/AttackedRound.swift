internal import DifferentialPrivacy
internal import PrivateAggregation
internal import SecureAggregation
internal import Sodium
internal import VectorKernels

/// A round of the real protocol in memory, some of whose devices are the coordinator's own. It can be
/// stopped before any step, for a coordinator to go on with lies.
struct AttackedRound {
    /// What all rounds of an attack have in common.
    struct Setting: Sendable {
        /// The number of devices.
        var cohortSize = 24
        /// The share of them that may collude with the coordinator, by the devices' terms.
        var colludingShare = 0.1
        /// The share of them that may be lost.
        var toleratedDropout = 0.2
        /// What a sum may spend, as zero-concentrated differential privacy.
        var rho = 0.5
        /// The number of coordinates.
        var dimension = 256
        /// How many devices are the coordinator's own; nil for as many as the terms allow.
        var sybils: Int?
        /// Seeds keys, vectors and noise.
        var seed: UInt64

        /// The number of devices that may collude.
        var colluding: Int { Int((colludingShare * Double(cohortSize)).rounded(.up)) }
        /// The fewest devices in a sum.
        var minimumSurvivors: Int {
            cohortSize - Int((toleratedDropout * Double(cohortSize)).rounded(.up))
        }

        /// The plan of a cohort of `size` devices.
        func plan(
            size: Int? = nil, minimumSurvivors: Int? = nil, rho: Double? = nil
        ) throws -> PrivateSumPlan {
            try PrivateSumPlan(
                dimension: dimension, clippingNorm: 1, rho: rho ?? self.rho,
                cohortSize: size ?? cohortSize,
                minimumSurvivors: minimumSurvivors ?? self.minimumSurvivors,
                colluding: size == nil ? colluding : 0)
        }

        /// What a device insists on.
        func terms(purpose: [UInt8]?, latestRound: UInt64? = nil) -> AggregationTerms {
            AggregationTerms(
                minimumSurvivors: minimumSurvivors, corruptShare: colludingShare,
                purpose: purpose, latestRound: latestRound)
        }
    }

    /// A device: honest, or the coordinator's own, which adds neither a vector nor noise.
    enum Participant {
        case honest(PrivateSumDevice<SeededRandomness>)
        case sybil(AggregationDevice<SeededRandomness>)
    }

    let setting: Setting
    let plan: PrivateSumPlan
    let accepted: AcceptedParameters
    let roster: Roster
    let identities: [SigningKey]
    /// The devices that are honest; the others are the coordinator's.
    let honest: [Int]
    /// The devices' vectors; zeros of those that are not honest.
    let vectors: [[Float]]
    var coordinator: AggregationCoordinator
    var devices: [Participant]
    /// What devices sent with their masked vectors, by device.
    var inclusions: [Int: [UInt8]] = [:]

    var parameters: AggregationParameters { accepted.parameters }
    /// The device that the coordinator is after.
    var victim: Int { honest[0] }
    /// The coordinator's own devices.
    var sybils: [Int] { Array(Set(devices.indices).subtracting(honest)).sorted() }

    /// A round before its first step.
    init(_ setting: Setting, round: UInt64 = 1) throws {
        let seed = setting.seed
        let size = setting.cohortSize
        let identities = try (0..<size).map { number in
            var randomness = SeededRandomness(seed: seed, label: "attacked device", "\(number)")
            return try SigningKey(
                seed: SecretBytes(count: SigningKey.seedLength, from: &randomness))
        }.sorted { $0.publicKey.lexicographicallyPrecedes($1.publicKey) }
        let roster = try Roster(identities.map(\.publicKey))
        let plan = try setting.plan()
        let session = Self.session(seed: seed, round: round)
        let parameters = try Self.parameters(
            of: plan, setting, session: session, round: round, rosterRoot: roster.root)
        let accepted = try setting.terms(purpose: plan.digest, latestRound: round - 1)
            .accept(parameters)
        let honest = Array(0..<size - (setting.sybils ?? setting.colluding))
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        func randomness(_ purpose: String, _ device: Int) -> SeededRandomness {
            SeededRandomness(seed: seed, label: purpose, "\(round)", "\(device)")
        }
        devices = try (0..<size).map { number in
            if honest.contains(number) {
                return .honest(
                    try PrivateSumDevice(
                        encoder: encoder, accepted: accepted, membership: roster.member(number),
                        identity: identities[number], noise: randomness("noise", number),
                        keys: randomness("keys", number)))
            }
            var noise = randomness("noise", number)
            return .sybil(
                try AggregationDevice(
                    accepted: accepted, membership: roster.member(number),
                    identity: identities[number], noiseSeeds: encoder.makeNoiseSeeds(from: &noise),
                    randomness: randomness("keys", number)))
        }
        vectors = (0..<size).map { number in
            var values = randomness("vector", number)
            // On average of a norm of a little below 1, the clipping norm.
            let length = 1.5 / Float(setting.dimension).squareRoot()
            return (0..<setting.dimension).map { _ in
                honest.contains(number)
                    ? length * (Float(values.next() >> 40) * 0x1p-23 - 1) : 0
            }
        }
        self.setting = setting
        self.plan = plan
        self.accepted = accepted
        self.roster = roster
        self.identities = identities
        self.honest = honest
        coordinator = try AggregationCoordinator(parameters: parameters, roster: roster)
    }

    /// The name of a round's sum.
    static func session(seed: UInt64, round: UInt64) -> [UInt8] {
        var hash = BLAKE2b(context: "covey attacked session")
        hash.update(seed)
        hash.update(round)
        return hash.finalize()
    }

    /// The parameters of a masked sum as safe as the setting asks for.
    static func parameters(
        of plan: PrivateSumPlan, _ setting: Setting, session: [UInt8], round: UInt64,
        rosterRoot: [UInt8]
    ) throws -> AggregationParameters {
        try plan.aggregationParameters(
            session: session, round: round, rosterRoot: rosterRoot,
            graph: try GraphSecurity.choose(
                cohortSize: plan.cohortSize, corruptShare: setting.colludingShare,
                dropoutShare: setting.toleratedDropout),
            committee: try CommitteeSecurity.choose(
                cohortSize: plan.cohortSize, corruptShare: setting.colludingShare,
                dropoutShare: setting.toleratedDropout))
    }

    /// The honest devices' vectors added up.
    func plainSum(of members: [Int]) -> [Float] {
        var sum = [Float](repeating: 0, count: setting.dimension)
        for member in members {
            for index in sum.indices { sum[index] += vectors[member][index] }
        }
        return sum
    }
}
