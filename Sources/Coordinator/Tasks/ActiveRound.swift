internal import FederatedProtocol
internal import PrivacyLedger
internal import SecureAggregation

/// A round under way, with what its devices are told of it.
struct ActiveRound: Sendable {
    var stored: StoredRound
    let plan: RoundPlan
    /// The devices by their numbers in the population, in the order of the roster.
    let devices: [Int]
    let commitment: CohortCommitment
    let roster: Roster
    let parameters: AggregationParameters
    /// The position of the plan in the ledger, and of its task.
    let planIndex: Int
    let taskIndex: Int
    /// What the devices download.
    let broadcast: (hash: [UInt8], byteCount: Int)
    var live: LiveRound
    /// Whether something is being made durable or revealed, so that the round does not move.
    var isBusy = false
    /// How it ends, as soon as that can be stored.
    var ending: Ending?
    /// When storing the end is tried again, by the monotonic clock; nil while it is being tried.
    var nextEnding: Int64?
    /// When it is looked next how much other replicas have collected, by the monotonic clock.
    var nextCount: Int64 = 0

    enum Ending: Sendable {
        case completed(RevealedSum)
        /// After a step, with how many devices were left of those that were needed.
        case abandoned(step: String, left: Int, needed: Int)
    }
}

/// What a revealed sum has led to.
struct RevealedSum: Sendable {
    var algorithm: TaskAlgorithm
    /// By their numbers in the population.
    var contributors: [Int]
    var answered: [Int]
    var noiseStandardDeviation: Double
    var modelHash: [UInt8]
    var checkpoint: [UInt8]
    var model: [UInt8]
}

extension LiveRound {
    /// Whether a device that checks in is to be invited to this round.
    func isOffered(to identity: [UInt8]) -> Bool {
        guard step == .advertising, !isClosed, let device = roster.number(of: identity) else {
            return false
        }
        return missing.contains(device)
    }

    /// Whether other replicas collect masked inputs for this round.
    var isShared: Bool { uploads.values.contains { $0 != replica } }

    /// A round as it is stored, as far as it has come.
    func describe(_ stored: StoredRound) -> StoredRound {
        var stored = stored
        stored.survivors = survivorsPerStep
        stored.stepEnds = stepEnds
        return stored
    }
}
