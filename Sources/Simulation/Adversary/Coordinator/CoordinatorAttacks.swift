internal import PrivateAggregation
internal import SecureAggregation
internal import Sodium

/// Plays a coordinator that lies to real devices: every lie is told in a round of the real protocol,
/// up to the point at which devices refuse or the coordinator has what it wants.
///
/// It colludes with as many devices as the terms allow, except where the lie is about their number.
/// Speed and size of the cohort make no difference to what is refused, so that a small one does.
public struct CoordinatorAttacks: Sendable {
    var setting: AttackedRound.Setting

    /// Lies to cohorts whose keys, vectors and noise come from `seed`.
    public init(seed: UInt64) { setting = AttackedRound.Setting(seed: seed) }

    /// Tells all lies, each in a round of its own.
    public func results() throws -> [CoordinatorAttackResult] {
        try CoordinatorAttack.allCases.map(result)
    }

    /// Tells one lie.
    public func result(of attack: CoordinatorAttack) throws -> CoordinatorAttackResult {
        switch attack {
        case .ownKeys, .inventedDevice, .mixedSessions: try lieAboutKeys(attack)
        case .shrunkenCohort, .replayedRound, .lessNoise: try lieAboutTerms(attack)
        case .withheldShares, .tamperedShares: try lieAboutShares(attack)
        case .splitSurvivors: try splitSurvivors()
        case .bothShares: try askForBothShares()
        case .inflatedSurvivors: try inflateSurvivors()
        case .invitedSybils: try inviteSybils(setting.colluding, attack)
        case .surroundedVictim: try inviteSybils(setting.cohortSize - 1, attack)
        }
    }

    /// The result where devices refuse before any vector leaves one of them.
    private func early(
        _ attack: CoordinatorAttack, _ refusals: Refusals
    ) -> CoordinatorAttackResult {
        let isRefused = refusals.refused == refusals.asked
        return CoordinatorAttackResult(
            attack, refusals, isRefused ? .refused : .revealed,
            isRefused
                ? "No device that was lied to sent a vector."
                : "\(refusals.asked - refusals.refused) devices went on.")
    }

    private func lieAboutKeys(_ attack: CoordinatorAttack) throws -> CoordinatorAttackResult {
        var round = try AttackedRound(setting)
        try round.advertise()
        var other = try AttackedRound(setting, round: 2)
        try other.advertise()
        var randomness = SeededRandomness(seed: setting.seed, label: "coordinator's own keys")
        let key = KeyAgreement(from: &randomness).publicKey
        let identity = try SigningKey(
            seed: SecretBytes(count: SigningKey.seedLength, from: &randomness))
        var refusals = Refusals()
        for device in round.honest {
            var peers = round.introductions(for: device)
            switch attack {
            case .ownKeys: peers[0].advertisement.encryptionKey = key
            case .inventedDevice:
                peers[0].member.identity = identity.publicKey
                peers[0].advertisement.encryptionKey = key
                peers[0].advertisement.signature = identity.sign(
                    peers[0].advertisement.signedHash(under: round.parameters))
            default: peers = other.introductions(for: device)
            }
            _ = try refusals.ask { try round.share(device, with: peers) }
        }
        return early(attack, refusals)
    }

    private func lieAboutTerms(_ attack: CoordinatorAttack) throws -> CoordinatorAttackResult {
        let agreed = try setting.plan()
        let round = try AttackedRound(setting)
        let session = round.parameters.session
        let weak = try setting.plan(rho: 100 * setting.rho)
        let small = try setting.plan(size: 6, minimumSurvivors: 5)
        var refusals = Refusals()
        for device in round.honest {
            _ = try refusals.ask {
                switch attack {
                case .shrunkenCohort:
                    let few = try Roster(
                        ([device] + round.honest.filter { $0 != device }.prefix(5)).map {
                            round.identities[$0].publicKey
                        })
                    _ = try setting.terms(purpose: nil).accept(
                        AttackedRound.parameters(
                            of: small, setting, session: session, round: 1, rosterRoot: few.root))
                case .replayedRound:
                    _ = try setting.terms(purpose: agreed.digest, latestRound: 1)
                        .accept(round.parameters)
                default:
                    // Every other device is told the name of the agreed plan.
                    let honestName = device % 2 == 0 ? weak.digest : agreed.digest
                    let parameters = try AggregationParameters(
                        session: session, round: 1, rosterRoot: round.roster.root,
                        purpose: honestName, cohortSize: weak.cohortSize,
                        vectorLength: weak.encodedDimension, modulusBits: weak.modulusBits,
                        graph: round.parameters.graph, committee: round.parameters.committee,
                        minimumSurvivors: weak.minimumSurvivors, excessNoise: weak.excessNoise)
                    _ = try PrivateSumDevice(
                        encoder: PrivateSumEncoder(plan: agreed, session: session),
                        accepted: setting.terms(purpose: agreed.digest).accept(parameters),
                        membership: round.roster.member(device),
                        identity: round.identities[device],
                        noise: SeededRandomness(seed: 0), keys: SeededRandomness(seed: 0))
                }
            }
        }
        return early(attack, refusals)
    }

    private func lieAboutShares(_ attack: CoordinatorAttack) throws -> CoordinatorAttackResult {
        var round = try AttackedRound(setting)
        try round.advertise()
        try round.share()
        let few = Set(round.honest.prefix(4))
        var refusals = Refusals()
        for device in attack == .withheldShares ? few.sorted() : round.honest {
            var delivered = round.coordinator.shares(for: device)
            if attack == .withheldShares {
                // Enough to go on: theirs, and those of as many others as the threshold takes.
                let theirs = delivered.shares.filter { few.contains($0.sender) }
                let others = delivered.shares.filter { !few.contains($0.sender) }
                delivered.shares = Array(
                    (theirs + others).prefix(round.parameters.graph.threshold))
            } else {
                let first = delivered.shares[0].ciphertext
                delivered.shares[0].ciphertext = delivered.shares[1].ciphertext
                delivered.shares[1].ciphertext = first
            }
            _ = try refusals.ask { try round.mask(device, receiving: delivered) }
        }
        return early(attack, refusals)
    }
}

extension CoordinatorAttackResult {
    /// Describes what came of a lie.
    init(
        _ attack: CoordinatorAttack, _ refusals: Refusals, _ outcome: Outcome, _ finding: String
    ) {
        self.init(
            attack: attack, lie: attack.lie, asked: refusals.asked, refused: refusals.refused,
            reasons: refusals.reasons, outcome: outcome, finding: finding)
    }
}
