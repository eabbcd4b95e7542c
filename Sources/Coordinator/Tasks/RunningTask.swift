internal import DifferentialPrivacy
internal import FederatedProtocol
internal import PrivacyLedger
internal import PrivateAggregation
internal import Recommender
internal import SecureAggregation
internal import Simulation

/// A task while the coordinator works on it.
struct RunningTask: Sendable {
    var stored: StoredTask
    var algorithm: TaskAlgorithm
    let plan: TrainingPlan
    /// As the ledger has it, or will.
    let announced: LedgerTask
    /// What the task alone has spent.
    var account: PopulationAccount
    /// The rounds that were begun, which number the next one.
    var roundsBegun = 0
    /// How often devices were invited, by their numbers; zeros left out.
    var invitations: [Int: Int] = [:]
    /// Those that wait for the next round, where it takes a fixed number of devices.
    var near = NearDevices()
    /// The round under way.
    var round: ActiveRound?
    /// When the next round may begin, by the monotonic clock.
    var nextRound: Int64 = 0
    /// When it is looked next whether enough devices are there, by the monotonic clock.
    var nextLook: Int64 = 0
    /// Rounds in a row that came to nothing.
    var failures = 0
    /// The latest rounds that are over, oldest first.
    var latest: [StoredRound] = []
    /// What was reported of its models.
    var quality: [QualityFigure] = []

    var name: String { stored.name }
    var scenario: Scenario { algorithm.scenario }

    /// - Parameters:
    ///   - stored: The task.
    ///   - algorithm: Before its first round, as the ledger announces it.
    init(stored: StoredTask, algorithm: TaskAlgorithm) throws {
        let scenario = algorithm.scenario
        self.stored = stored
        self.algorithm = algorithm
        plan = try scenario.trainingPlan(algorithm.queries, population: stored.devices)
        announced = algorithm.ledgerTask(named: stored.name, population: stored.devices)
        account = PopulationAccount(
            delta: announced.target.budget.delta, neighbouring: announced.policy.neighbouring)
        account.open(
            task: announced.name, population: announced.population, policy: announced.policy)
    }

    /// The task as it is stored when another query is answered.
    func answered(
        checkpoint: [UInt8], model: [UInt8], isFinished: Bool
    ) -> StoredTask {
        var stored = stored
        stored.checkpoint = checkpoint
        stored.model = model
        stored.queriesDone += 1
        if stored.queriesDone == plan.queries.count || isFinished {
            stored.state = .finished
        }
        return stored
    }

    /// How many devices are kept near for the next round; nil where it does not choose among those that
    /// are there.
    var reserve: Int? {
        switch announced.policy.selection {
        case .everyone, .coins: nil
        case .rotation(let size), .limited(let size, _): PaceSteering.reserve * size
        }
    }

    /// Whether the next round may invite a device.
    func isDue(_ device: Int) -> Bool {
        guard device < stored.devices else { return false }
        let invited = invitations[device] ?? 0
        switch announced.policy.selection {
        case .everyone, .coins: return true
        case .limited(_, let most): return invited < most
        case .rotation(let size):
            let (turn, taken) = (roundsBegun * size).quotientAndRemainder(
                dividingBy: stored.devices)
            // The last cohort of a turn has some of the next one.
            return invited <= (stored.devices - taken < size ? turn + 1 : turn)
        }
    }

    /// What the round under way may still be charged; 0 where it is charged, or there is none.
    var rhoUnderWay: Double {
        guard let round, round.stored.state == .open else { return 0 }
        return plan.rho[round.stored.query]
    }

    /// Remembers a round that is over.
    mutating func remember(_ round: StoredRound) {
        latest.append(round)
        if latest.count > Self.mostRemembered { latest.removeFirst() }
    }

    /// Takes a figure of the task's models; one that is told again replaces the former.
    mutating func note(_ figure: QualityFigure) {
        quality.removeAll {
            $0.metric == figure.metric && $0.queriesDone == figure.queriesDone
        }
        quality.append(figure)
    }

    static let mostRemembered = 100
}
