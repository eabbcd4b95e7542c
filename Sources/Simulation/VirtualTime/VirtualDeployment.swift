internal import FederatedProtocol
package import PrivacyLedger

/// A population of devices and their coordinator in virtual time: a discrete-event simulation that knows
/// nothing of models or cryptography. It says for each round who was in the cohort, what became of each of
/// them, and when; the training asks it for one round after the other:
///
///     var deployment = try VirtualDeployment(
///         time, population: 6040, policy: policy, seed: 1, interactions: lengths)
///     let round = try deployment.nextRound(work)
///
/// Devices check in during the windows in which they can take part, as often as the coordinator's
/// ``FederatedProtocol/PaceSteering`` tells them. Once enough are there, the coordinator invites a cohort
/// (by ``FederatedProtocol/Rotation`` or what else the policy says), whose members work through the steps
/// of a private sum, each as fast as it and its connection are, under the deadlines of a
/// ``FederatedProtocol/StepSchedule``. In asynchronous rounds, devices train whenever they check in and a
/// place is free; those that have finished form the cohorts.
///
/// Everything is a pure function of the seed and of what is asked, on every platform: the same calls give
/// the same rounds, which is also how an interrupted training finds its place again.
package struct VirtualDeployment: Sendable {
    let time: VirtualTime
    let population: Int
    let policy: CohortPolicy
    let seed: UInt64
    /// How many interactions each device learns from.
    let interactions: [Int32]
    let capabilities: Capabilities
    var availability: Availability

    /// The time, in seconds since the beginning.
    package internal(set) var clock = 0.0
    /// How many events happened so far.
    package internal(set) var eventCount = 0
    var queue = EventQueue()
    var phones: [PhoneState]
    var costs: [PhoneCost]
    var presence = PresenceLog()
    /// Whose turn it is, where that is the policy.
    var rotation: Rotation?
    /// What the coordinator draws, and the devices' choice of a time to come again.
    var draws: VirtualDraws
    /// The key of what is drawn for a device in a round.
    let roundKey: UInt64

    var work = RoundWork(cohortSize: 2, minimumSurvivors: 2)
    var attempt: RoundAttempt?
    /// The number of attempts so far, and the stamp of the last deadline and of the next look.
    var attemptCount = 0
    var deadlineStamp: UInt32 = 0
    var lookStamp: UInt32 = 0
    /// When the next round may begin at the earliest.
    var nextRound = 0.0
    /// The cohort of the next round, where chance alone decides.
    var drawn: (cohort: [Int], members: Set<Int>)?
    /// How many devices were there when the coordinator last looked, of those that it needs.
    var lastLook = (present: 0, needed: 0)
    /// How many devices are kept until the round begins.
    var heldCount = 0
    var abandoned: [AbandonedRound] = []
    /// What came of the call under way.
    var outcome: Result<VirtualRound, VirtualTimeError>? { didSet { isDone = outcome != nil } }
    private var isDone = false

    var outages: Outages
    /// The outage under way, or the next one.
    var outage: AvailabilityWindow?
    var isAway = false

    // Asynchronous rounds.
    /// How many models were made since the beginning.
    var version = 0
    /// How many devices train.
    var trainingCount = 0
    /// Those that wait for a cohort, in the order in which they finished; an entry with another stamp than
    /// its device is void.
    var buffer: [(device: Int32, stamp: UInt32)] = []
    var readyCount = 0
    /// What devices spent on updates that are in no cohort yet.
    var pendingCosts: [Int: PhoneCost] = [:]

    // What it takes.
    var meter = ServerMeter()
    var spent = RoundCost()
    var total = RoundCost()
    var requestsBefore = 0
    var rounds = 0
    var abandonedCount = 0
    var memberCount = 0
    var lostCount = 0
    var stalenessSum = 0
    var storedBytes = 0

    /// Devices at time 0, all of them idle.
    ///
    /// - Parameters:
    ///   - time: How devices and network behave.
    ///   - population: The number of devices.
    ///   - policy: How cohorts are chosen.
    ///   - seed: The seed of the simulation.
    ///   - interactions: How many interactions each device learns from; nil for one each.
    /// - Throws: ``VirtualTimeError`` for traces and policies that do not do.
    package init(
        _ time: VirtualTime, population: Int, policy: CohortPolicy, seed: UInt64,
        interactions: [Int]? = nil
    ) throws(VirtualTimeError) {
        self.time = time
        self.population = population
        self.policy = policy
        self.seed = seed
        self.interactions =
            interactions?.map { Int32(clamping: $0) } ?? [Int32](repeating: 1, count: population)
        if time.model == .asynchronous, case .coins = policy.selection {
            throw .coinsAreSynchronous
        }
        let phones = time.phones
        var trace: AvailabilityTrace?
        if phones.availability == .trace {
            trace = try AvailabilityTrace(
                path: phones.availabilityTrace, order: phones.traceOrder, seed: seed)
        }
        availability = Availability(
            phones, startHour: time.startHour, trace: trace, seed: seed)
        var lines: TraceFile?
        if !phones.capabilityTrace.isEmpty {
            lines = try TraceFile(path: phones.capabilityTrace, columns: Capabilities.columns)
        }
        capabilities = try Capabilities(phones, time.network, trace: lines, seed: seed)
        self.phones = [PhoneState](repeating: PhoneState(), count: population)
        costs = [PhoneCost](repeating: PhoneCost(), count: population)
        if let size = policy.fixedSize {
            var limit: Int?
            if case .limited(_, let participations) = policy.selection { limit = participations }
            rotation = Rotation(size: size, population: population, limit: limit)
        }
        draws = VirtualDraws(key: VirtualDraws.key(seed: seed, "coordinator"), 0)
        roundKey = VirtualDraws.key(seed: seed, "round")
        outages = Outages(time.outages, seed: seed)
        scheduleOutage()
        // Those whose windows are open at time 0 know the coordinator from before.
        let spread = PaceSteering(checkInsPerSecond: time.checkInsPerSecond).wait(
            present: population, nextRound: nil)
        for device in 0..<population {
            goAway(device, until: draws.unit() * min(Double(spread.latest) / 1000, 3600))
        }
        guard queue.count > 0 else { throw .nobodyComes }
    }

    /// Runs the clock until the next sum is unmasked.
    ///
    /// - Parameter work: What the round asks of its devices; in asynchronous rounds, devices that begin to
    ///   train until then do this round's work.
    /// - Throws: ``VirtualTimeError`` where no round comes about. Nothing can be asked of the deployment
    ///   afterwards.
    package mutating func nextRound(_ work: RoundWork) throws(VirtualTimeError) -> VirtualRound {
        self.work = work
        abandoned = []
        outcome = nil
        let latest = clock + time.longestDays * 86_400
        scheduleLook(at: max(clock, nextRound))
        // Looking whether there is an outcome would copy it for each check-in.
        while !isDone {
            guard let event = queue.pop() else { throw .nobodyComes }
            guard event.time <= latest else {
                throw .noRound(
                    days: time.longestDays, present: lastLook.present, needed: lastLook.needed)
            }
            clock = max(clock, event.time)
            eventCount += 1
            handle(event)
        }
        guard let outcome else { throw .nobodyComes }
        return try outcome.get()
    }

    /// The devices that have no number of their own are the coordinator's events.
    enum CoordinatorEvent {
        static let look: Int32 = -1
        static let deadline: Int32 = -2
        static let outageBegins: Int32 = -3
        static let outageEnds: Int32 = -4
    }

    private mutating func handle(_ event: Event) {
        switch event.device {
        case CoordinatorEvent.look: if event.stamp == lookStamp { look() }
        case CoordinatorEvent.deadline: if event.stamp == attempt?.stamp { closeStep() }
        case CoordinatorEvent.outageBegins: beginOutage()
        case CoordinatorEvent.outageEnds: endOutage()
        default:
            let device = Int(event.device)
            if event.stamp == phones[device].stamp { act(device) }
        }
    }

    /// The next event of a device.
    private mutating func act(_ device: Int) {
        switch phones[device].status {
        case .idle: checkIn(device)
        case .held: release(device, .goesAway)
        case .answering: answer(device)
        case .waiting: break
        case .leaving: lose(device, isTold: true, .goesAway)
        case .crashing: lose(device, isTold: false, .restarts)
        case .late: release(device, .comesBack)
        case .training: finishTraining(device)
        case .leavingTraining: loseTraining(device, .goesAway)
        case .crashingTraining: loseTraining(device, .restarts)
        case .ready:
            readyCount -= 1
            waste(pendingCosts.removeValue(forKey: device) ?? PhoneCost())
            release(device, .goesAway)
        }
    }

    /// Lets something happen to a device, and nothing else that was to happen; at an infinite time,
    /// nothing.
    mutating func schedule(_ device: Int, at time: Double) {
        phones[device].stamp &+= 1
        guard time < .infinity else { return }
        queue.push(
            Event(time: max(time, clock), device: Int32(device), stamp: phones[device].stamp))
    }

    mutating func scheduleLook(at time: Double) {
        lookStamp &+= 1
        queue.push(Event(time: time, device: CoordinatorEvent.look, stamp: lookStamp))
    }
}
