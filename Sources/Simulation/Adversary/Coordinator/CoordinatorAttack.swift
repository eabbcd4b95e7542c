/// A lie that a coordinator may tell the devices of a round.
public enum CoordinatorAttack: String, Sendable, Hashable, Codable, CaseIterable {
    case ownKeys = "own-keys"
    case inventedDevice = "invented-device"
    case mixedSessions = "mixed-sessions"
    case shrunkenCohort = "shrunken-cohort"
    case replayedRound = "replayed-round"
    case lessNoise = "less-noise"
    case withheldShares = "withheld-shares"
    case tamperedShares = "tampered-shares"
    case splitSurvivors = "split-survivors"
    case bothShares = "both-shares"
    case inflatedSurvivors = "inflated-survivors"
    case invitedSybils = "invited-sybils"
    case surroundedVictim = "surrounded-victim"

    /// What the coordinator does, and what for, in one sentence.
    public var lie: String {
        switch self {
        case .ownKeys:
            "It hands out its own keys in the place of a device's, to read the shares sealed to them."
        case .inventedDevice:
            "It introduces an identity of its own that is not in the roster."
        case .mixedSessions:
            "It introduces devices with the keys that they advertised for another round."
        case .shrunkenCohort:
            "It invites a cohort that is smaller than the devices insist on hiding in."
        case .replayedRound: "It asks for a round that the devices took part in before."
        case .lessNoise:
            "It announces a plan with less noise than was agreed on, openly or under the agreed name."
        case .withheldShares:
            "It keeps shares from a few devices, so that their masks cancel among themselves."
        case .tamperedShares: "It swaps the shares sealed to a device."
        case .splitSurvivors:
            "It tells half of the devices that one of them was lost and the others that it was not."
        case .bothShares:
            "Once a sum is unmasked, it asks again as if one of the devices had been lost."
        case .inflatedSurvivors:
            "It claims that devices survived which were lost, to have more noise removed."
        case .invitedSybils:
            "It invites as many devices of its own as the stated share allows, which add no noise."
        case .surroundedVictim:
            "It invites one device among devices of its own only, far beyond the stated share."
        }
    }
}

/// What came of a lie.
public struct CoordinatorAttackResult: Sendable, Hashable, Codable {
    /// What the coordinator has in the end.
    public enum Outcome: String, Sendable, Hashable, Codable {
        /// Devices refused, and it learns nothing of anybody's vector.
        case refused
        /// Devices need not refuse: it learns a sum with all the noise that was promised.
        case asPromised = "as-promised"
        /// It learns more than was promised.
        case revealed
    }

    /// Why some devices refused.
    public struct Reason: Sendable, Hashable, Codable {
        /// The name of the error.
        public var error: String
        /// What one of the devices said.
        public var example: String
        /// How many refused with this error.
        public var devices: Int
    }

    /// The lie.
    public var attack: CoordinatorAttack
    /// What it consists of.
    public var lie: String
    /// How many honest devices were lied to.
    public var asked: Int
    /// How many of them refused, and ended the session.
    public var refused: Int
    /// Why, the most frequent reason first.
    public var reasons: [Reason]
    /// What the coordinator has.
    public var outcome: Outcome
    /// How that is known, in one sentence.
    public var finding: String
}
