/// What an operator sees of a coordinator at one moment; also its JSON.
package struct CoordinatorOverview: Sendable, Hashable, Codable {
    /// A task with its latest rounds.
    package struct Task: Sendable, Hashable, Codable {
        package var name: String
        /// "gathering", "active", "paused", "finished", "failed".
        package var state: String
        /// Why, where the state needs a reason.
        package var reason: String
        package var algorithm: String
        package var queriesDone: Int
        package var queries: Int
        package var roundsBegun: Int
        package var rounds: Int
        /// Devices that it waits for, or has.
        package var devices: Int
        /// In hexadecimal; nil before the first.
        package var modelHash: String?
        /// The latest rounds, oldest first, a hundred at the most.
        package var latest: [Round]
        /// What was reported of its models, oldest first.
        package var quality: [Quality]
        /// What this task alone has spent of ``epsilon``; nil where the coordinator that leads is to be
        /// asked.
        package var epsilonSpent: Double?
        /// What it may spend.
        package var epsilon: Double

        package init(
            name: String, state: String, reason: String, algorithm: String, queriesDone: Int,
            queries: Int, roundsBegun: Int, rounds: Int, devices: Int, modelHash: String?,
            latest: [Round], quality: [Quality], epsilonSpent: Double?, epsilon: Double
        ) {
            self.name = name
            self.state = state
            self.reason = reason
            self.algorithm = algorithm
            self.queriesDone = queriesDone
            self.queries = queries
            self.roundsBegun = roundsBegun
            self.rounds = rounds
            self.devices = devices
            self.modelHash = modelHash
            self.latest = latest
            self.quality = quality
            self.epsilonSpent = epsilonSpent
            self.epsilon = epsilon
        }
    }

    /// A round.
    package struct Round: Sendable, Hashable, Codable {
        /// From 0.
        package var number: Int
        package var query: String
        /// "open", "charged", "completed", "abandoned".
        package var state: String
        /// The step under way: "advertising", "sharing", "masking", "endorsing", "unmasking",
        /// "revealing"; nil where the round is over.
        package var step: String?
        /// Why it was abandoned; empty elsewhere.
        package var reason: String
        package var invited: Int
        /// How many devices answered each step so far: advertising, sharing, masking, unmasking.
        package var survivors: [Int]
        /// How long each step took, in milliseconds: advertising, sharing, masking, endorsing,
        /// unmasking.
        package var stepMilliseconds: [Int]
        package var epsilonCoordinator: Double
        package var epsilonObserver: Double
        package var noiseStandardDeviation: Double
        /// Milliseconds since 1970.
        package var began: Int64
        /// Milliseconds since 1970; nil while it goes on.
        package var ended: Int64?

        package init(
            number: Int, query: String, state: String, step: String?, reason: String, invited: Int,
            survivors: [Int], stepMilliseconds: [Int], epsilonCoordinator: Double,
            epsilonObserver: Double, noiseStandardDeviation: Double, began: Int64, ended: Int64?
        ) {
            self.number = number
            self.query = query
            self.state = state
            self.step = step
            self.reason = reason
            self.invited = invited
            self.survivors = survivors
            self.stepMilliseconds = stepMilliseconds
            self.epsilonCoordinator = epsilonCoordinator
            self.epsilonObserver = epsilonObserver
            self.noiseStandardDeviation = noiseStandardDeviation
            self.began = began
            self.ended = ended
        }
    }

    /// A reported figure.
    package struct Quality: Sendable, Hashable, Codable {
        package var queriesDone: Int
        /// "HR@10".
        package var metric: String
        package var value: Double

        package init(queriesDone: Int, metric: String, value: Double) {
            self.queriesDone = queriesDone
            self.metric = metric
            self.value = value
        }
    }

    /// What the ledger says is spent.
    package struct Budget: Sendable, Hashable, Codable {
        package var epsilonCoordinator: Double
        package var epsilonObserver: Double
        package var epsilon: Double
        package var delta: Double
        /// Which of the two the budget limits: "coordinator" or "observer".
        package var against: String

        package init(
            epsilonCoordinator: Double, epsilonObserver: Double, epsilon: Double, delta: Double,
            against: String
        ) {
            self.epsilonCoordinator = epsilonCoordinator
            self.epsilonObserver = epsilonObserver
            self.epsilon = epsilon
            self.delta = delta
            self.against = against
        }
    }

    /// The devices by what they do.
    package struct Population: Sendable, Hashable, Codable {
        package var enrolled: Int
        /// Checked in not long ago.
        package var present: Int
        /// In the rounds under way.
        package var inRounds: Int

        package init(enrolled: Int, present: Int, inRounds: Int) {
            self.enrolled = enrolled
            self.present = present
            self.inRounds = inRounds
        }
    }

    /// The name of the ledger.
    package var origin: String
    /// The ledger's public key, as `covey audit verify --public-key` takes it.
    package var ledgerKey: String
    /// The newest signed checkpoint, as text.
    package var checkpoint: String
    package var ledgerEntries: Int
    package var budget: Budget
    package var population: Population
    package var tasks: [Task]
    /// The replica that leads, and all that are there.
    package var leader: String
    package var replicas: [String]
    package var version: String
    /// Milliseconds since 1970.
    package var time: Int64

    package init(
        origin: String, ledgerKey: String, checkpoint: String, ledgerEntries: Int, budget: Budget,
        population: Population, tasks: [Task], leader: String, replicas: [String], version: String,
        time: Int64
    ) {
        self.origin = origin
        self.ledgerKey = ledgerKey
        self.checkpoint = checkpoint
        self.ledgerEntries = ledgerEntries
        self.budget = budget
        self.population = population
        self.tasks = tasks
        self.leader = leader
        self.replicas = replicas
        self.version = version
        self.time = time
    }
}
