/// A device that wants to be enrolled.
public struct EnrolmentRequest: Sendable, Hashable {
    /// Its Ed25519 public key, 32 bytes.
    public var identity: [UInt8]
    /// The hash of its one-time token; nil where enrolment is open.
    public var tokenHash: [UInt8]?

    /// Describes a request.
    public init(identity: [UInt8], tokenHash: [UInt8]? = nil) {
        self.identity = identity
        self.tokenHash = tokenHash
    }
}

/// What came of an enrolment.
public enum EnrolmentResult: Sendable, Hashable {
    /// The device is enrolled, from now on or from before.
    case enrolled(EnrolledDevice)
    /// Its token is unknown, used or expired.
    case tokenRefused
}

/// A device of the population.
public struct EnrolledDevice: Sendable, Hashable {
    /// Its number, from 0 in the order of enrolment.
    public var number: Int
    /// Its Ed25519 public key, 32 bytes.
    public var identity: [UInt8]
    /// When it was enrolled, in milliseconds since 1970.
    public var time: Int64

    /// Describes a device.
    public init(number: Int, identity: [UInt8], time: Int64) {
        self.number = number
        self.identity = identity
        self.time = time
    }
}

/// A task as the coordinator keeps it.
public struct StoredTask: Sendable, Hashable {
    /// How far a task is.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Waits for devices to enrol.
        case gathering
        /// Its rounds go on.
        case active
        /// No round begins.
        case paused
        /// All queries are answered.
        case finished
        /// It cannot go on; the reason says why.
        case failed
    }

    /// Its name, as in the ledger.
    public var name: String
    /// How far it is.
    public var state: State
    /// Why, where the state needs a reason.
    public var reason: String
    /// The scenario with every setting, as YAML.
    public var scenario: String
    /// The number of devices that it waits for; its population in the ledger.
    public var devices: Int
    /// The hash of the snapshot with its item catalogue.
    public var catalogue: [UInt8]
    /// Where cohorts are drawn from, 32 bytes.
    public var seed: [UInt8]
    /// The queries that are answered.
    public var queriesDone: Int
    /// The hash of the snapshot from which the algorithm goes on; empty before the first.
    public var checkpoint: [UInt8]
    /// The hash of the published model's snapshot; empty before the first.
    public var model: [UInt8]
    /// When it was created, in milliseconds since 1970.
    public var created: Int64

    /// Describes a task.
    public init(
        name: String, state: State, reason: String = "", scenario: String, devices: Int,
        catalogue: [UInt8], seed: [UInt8], queriesDone: Int = 0, checkpoint: [UInt8] = [],
        model: [UInt8] = [], created: Int64
    ) {
        self.name = name
        self.state = state
        self.reason = reason
        self.scenario = scenario
        self.devices = devices
        self.catalogue = catalogue
        self.seed = seed
        self.queriesDone = queriesDone
        self.checkpoint = checkpoint
        self.model = model
        self.created = created
    }
}

/// A round as the coordinator keeps it.
public struct StoredRound: Sendable, Hashable {
    /// How far a round is.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Devices are being asked; nothing is charged.
        case open
        /// It is charged, and may be revealed.
        case charged
        /// The sum was revealed and taken in.
        case completed
        /// Nothing came of it.
        case abandoned
    }

    /// Its task's name.
    public var task: String
    /// Its number in the task, from 0.
    public var round: Int
    /// The query that it answers, from 0.
    public var query: Int
    /// What is summed.
    public var queryName: String
    /// The name of the masked sum, 32 bytes.
    public var session: [UInt8]
    /// How far it is.
    public var state: State
    /// Why it was abandoned; empty elsewhere.
    public var reason: String
    /// The number of devices invited.
    public var invited: Int
    /// How many devices answered each step so far: advertising, sharing, masking, unmasking.
    public var survivors: [Int]
    /// When each step ended, in milliseconds after ``began``.
    public var stepEnds: [Int]
    /// The guarantee against the coordinator over all rounds charged so far; 0 before the charge.
    public var epsilonCoordinator: Double
    /// The guarantee against observers of the models, likewise.
    public var epsilonObserver: Double
    /// The standard deviation of the noise in each coordinate of the sum; 0 before the end.
    public var noiseStandardDeviation: Double
    /// When it began, in milliseconds since 1970.
    public var began: Int64
    /// When it ended; 0 while it goes on.
    public var ended: Int64

    /// Describes a round.
    public init(
        task: String, round: Int, query: Int, queryName: String, session: [UInt8], state: State,
        reason: String = "", invited: Int, survivors: [Int] = [], stepEnds: [Int] = [],
        epsilonCoordinator: Double = 0, epsilonObserver: Double = 0,
        noiseStandardDeviation: Double = 0, began: Int64, ended: Int64 = 0
    ) {
        self.task = task
        self.round = round
        self.query = query
        self.queryName = queryName
        self.session = session
        self.state = state
        self.reason = reason
        self.invited = invited
        self.survivors = survivors
        self.stepEnds = stepEnds
        self.epsilonCoordinator = epsilonCoordinator
        self.epsilonObserver = epsilonObserver
        self.noiseStandardDeviation = noiseStandardDeviation
        self.began = began
        self.ended = ended
    }
}

/// How good a model was found to be.
public struct QualityFigure: Sendable, Hashable {
    /// The queries that had been answered.
    public var queriesDone: Int
    /// What was measured: "HR@10".
    public var metric: String
    /// The figure.
    public var value: Double
    /// When it was reported, in milliseconds since 1970.
    public var time: Int64

    /// Describes a figure.
    public init(queriesDone: Int, metric: String, value: Double, time: Int64) {
        self.queriesDone = queriesDone
        self.metric = metric
        self.value = value
        self.time = time
    }
}

/// One change to the store.
public enum StoreChange: Sendable, Hashable {
    /// Appends to the ledger, which must end at `offset`.
    case appendLedger(offset: Int, bytes: [UInt8])
    /// Writes a task, new or not.
    case putTask(StoredTask)
    /// Writes a round, new or not.
    case putRound(StoredRound)
    /// Counts devices as invited to a round.
    case invite(task: String, round: Int, devices: [Int])
    /// Counts devices as contributors to a round's sum.
    case contribute(task: String, round: Int, devices: [Int])
    /// Stores a snapshot under its BLAKE2b hash.
    case putSnapshot(hash: [UInt8], bytes: [UInt8])
    /// Forgets a snapshot, unless a task refers to it.
    case removeSnapshot(hash: [UInt8])
    /// Records a figure, in the place of one of the same metric and number of queries.
    case putQuality(task: String, QualityFigure)
}

/// A process that serves a population.
public struct Replica: Sendable, Hashable {
    /// Its name, unique among all that ever served the population.
    public var name: String
    /// Where devices reach it, as a URL; empty where there is one only.
    public var url: String

    /// Names a replica.
    public init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}

/// The right to act alone, for a time. Each taking has a number of its own, larger than all before,
/// so that a holder that slept through the end of its lease is found out.
public struct Lease: Sendable, Hashable {
    /// What for.
    public var name: String
    /// Who holds it.
    public var replica: String
    /// Which taking it is.
    public var epoch: Int

    /// Describes a lease.
    public init(name: String, replica: String, epoch: Int) {
        self.name = name
        self.replica = replica
        self.epoch = epoch
    }
}

/// What one replica has added up of a masked sum. It stays masked: noise protects only in the whole.
public struct PartialSum: Sendable, Hashable {
    /// The name of the sum, 32 bytes.
    public var session: [UInt8]
    /// Who added it up.
    public var replica: String
    /// The devices in it, by their numbers in the cohort, with their inclusion signatures.
    public var inclusions: [Inclusion]
    /// The sum, as packed elements.
    public var packed: [UInt8]

    /// A device in a partial sum.
    public struct Inclusion: Sendable, Hashable {
        /// The device's number in the cohort.
        public var device: Int
        /// Its signature, 64 bytes.
        public var signature: [UInt8]

        /// Describes a device in a partial sum.
        public init(device: Int, signature: [UInt8]) {
            self.device = device
            self.signature = signature
        }
    }

    /// Describes a partial sum.
    public init(session: [UInt8], replica: String, inclusions: [Inclusion], packed: [UInt8]) {
        self.session = session
        self.replica = replica
        self.inclusions = inclusions
        self.packed = packed
    }
}
