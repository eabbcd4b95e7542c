internal import DifferentialPrivacy
internal import FederatedProtocol
internal import Foundation
internal import OnDevice
internal import PrivacyLedger
internal import Simulation
internal import Sodium
internal import Synchronization

/// One device of a fleet: it enrols, asks for rounds at the moments that its coordinator gives, and takes
/// part with its own key, store and account until its task is cancelled.
final class FleetDevice: Sendable {
    /// What the devices of a fleet have in common.
    struct Setting: Sendable {
        let trust: LedgerTrust
        let tasks: TaskLibrary
        let events: HistoryEvents
        let cap: PrivacyBudget
        let status: FleetStatus
        let parameters: ParametersInMemory
        /// The time over which the devices come for the first time.
        let spread: Duration
        let report: @Sendable (String) -> Void

        /// Whether noise, keys and fates follow from the scenario's seed.
        var isRehearsal: Bool { trust.opening.randomness == .seeded }
    }

    /// The device's number in the fleet.
    let number: Int
    let store: DeviceStore
    private let identity: SigningKey
    private let setting: Setting
    private let behaviour: DeviceBehaviour
    private let client: DeviceClient
    private let transport: HTTPRoundTransport
    /// The same with the faults of the behaviour; it remembers what was sent in earlier rounds.
    private let behaving: any RoundTransport
    private let state = Mutex(State())

    private struct State: Sendable {
        var activity = FleetStatus.Activity.starting
        /// The number of entries of the checkpoint that the device saw last, where that is known.
        var knownSize: Int?
        /// The rounds that the device has been through: a coordinator may still offer them.
        var past: [[UInt8]] = []
        /// The round that it is in.
        var session: [UInt8]?
    }

    init(
        number: Int, identity: SigningKey, store: DeviceStore, client: CoordinatorClient,
        enrolmentToken: String, behaviour: DeviceBehaviour, setting: Setting
    ) throws {
        self.number = number
        self.identity = identity
        self.store = store
        self.behaviour = behaviour
        self.setting = setting
        let client =
            behaviour.loss == .init()
            ? client
            : try client.carried { FlakyExchange($0, loss: behaviour.loss) }
        self.client = DeviceClient(
            client: client, identity: identity, trust: setting.trust,
            enrolmentToken: enrolmentToken)
        transport = HTTPRoundTransport(device: self.client)
        behaving =
            behaviour == .honest ? transport : MisbehavingTransport(transport, behaviour)
    }

    /// How long a device waits after something went wrong; polite, as with calls.
    private static let recovery = RetryPolicy(base: .seconds(1), cap: .seconds(60))
    /// How long it waits after it was done with an offer.
    private static let rest = PollingWindow(earliest: .milliseconds(50), latest: .milliseconds(500))
    /// How long it waits where the same offer, or none, is to be expected again.
    private static let longRest = PollingWindow(earliest: .seconds(2), latest: .seconds(10))

    /// How long it stays away once its cap is reached, so that no round counts on it.
    private static let retirement = PollingWindow(earliest: .seconds(600), latest: .seconds(1200))

    private func become(_ activity: FleetStatus.Activity) {
        let old = state.withLock { state in
            defer { state.activity = activity }
            return state.activity
        }
        setting.status.move(from: old, to: activity)
    }

    /// Enrols the device.
    ///
    /// - Throws: ``FleetError/otherNumber(expected:found:)`` in a rehearsal, or what the calls throw.
    func enrol() async throws {
        become(.enrolling)
        let found = try await client.enrol()
        guard !setting.isRehearsal || found == number else {
            throw FleetError.otherNumber(expected: number, found: found)
        }
        become(.waiting)
    }

    /// Takes part in rounds until the task is cancelled, or the device is refused for good.
    func run() async {
        var failures = 0
        // Those that start together do not come together.
        try? await Task.sleep(for: setting.spread * Double.random(in: 0...1))
        while !Task.isCancelled {
            do {
                if isOffline {
                    become(.offline)
                    try await Self.longRest.wait()
                    continue
                }
                try await visit().wait()
                failures = 0
            } catch is CancellationError {
                break
            } catch let error as FleetError {
                // Refused for good: the same would be said the next time.
                become(.refused)
                setting.report("device \(number): \(error)")
                setting.status.count { $0.reasons["\(error)", default: 0] += 1 }
                break
            } catch {
                become(.failing)
                setting.report("device \(number): \(error)")
                failures += 1
                try? await Task.sleep(for: Self.recovery.pause(after: failures))
            }
        }
    }

    /// Tells the coordinator that the device leaves a round that it was in when its task ended.
    func leave() async {
        guard let session = state.withLock({ $0.session }) else { return }
        try? await transport.leave(session)
    }

    private var isOffline: Bool { behaviour.offline?.contain(Self.time()) ?? false }

    private static func time() -> Int64 { Int64(Date.now.timeIntervalSince1970) }

    /// Checks in once, takes part where a round is offered, and says when to come again.
    private func visit() async throws -> PollingWindow {
        become(.waiting)
        let knownSize = state.withLock { $0.knownSize }
        guard let offer = try await transport.offer(knowing: knownSize) else {
            return transport.window ?? Self.longRest
        }
        let session = offer.plan.session
        guard !state.withLock({ $0.past.contains(session) }) else { return Self.longRest }
        become(.inRound)
        state.withLock { $0.session = session }
        let window = try await takePart(in: offer, knowing: knownSize)
        state.withLock {
            // Cancelled in the round, the device leaves it once more: see leave().
            if !Task.isCancelled { $0.session = nil }
            $0.past = $0.past.suffix(3) + [session]
        }
        return window
    }

    private func takePart(
        in offer: RoundOffer, knowing size: Int?
    ) async throws -> PollingWindow {
        let store = try store.open()
        let contributor = FleetContributor(
            number: number, store: store, transport: transport, setting: setting)
        return setting.isRehearsal
            ? try await rehearse(offer, knowing: size, store, contributor)
            : try await participate(in: offer, knowing: size, store, contributor)
    }

    /// What a device insists on, beside what the task promises.
    private static let terms = DeviceTerms(minimumSurvivors: 2, corruptShare: 0)

    private func participate(
        in offer: RoundOffer, knowing size: Int?, _ store: BehaviourStore,
        _ contributor: FleetContributor
    ) async throws -> PollingWindow {
        let held = HeldOffer(behaving, offer: offer, knowing: size)
        let participation = try Participation(
            opening: setting.trust.opening, identity: identity,
            settings: Participation.Settings(terms: Self.terms, ceiling: setting.cap),
            store: store, transport: held, contributors: [contributor], time: Self.time,
            conditions: {
                DeviceConditions(
                    isIdle: true, isCharging: !self.isOffline, isUnmetered: true, eventCount: 0)
            })
        if await participation.consent == .notAsked { try await participation.grantConsent() }
        let result = try await participation.participate()
        remember(held.askedSize)
        switch result {
        case .notNow(let hindrances):
            guard hindrances.contains(where: \.isCapReached) else { return Self.longRest }
            become(.spent)
            return Self.retirement
        case .nothingOffered: return transport.window ?? Self.longRest
        case .offered(let report):
            if !report.result.isDeclined { remember(offer.checkpoint.size) }
            return take(report.result)
        }
    }

    private func rehearse(
        _ offer: RoundOffer, knowing size: Int?, _ store: BehaviourStore,
        _ contributor: FleetContributor
    ) async throws -> PollingWindow {
        var offer = offer
        // After a new start: the offer has to begin where the stored account ends.
        if let stored = try RehearsedRound.knownSize(in: store), stored != size {
            guard let current = try await transport.offer(knowing: stored) else {
                return transport.window ?? Self.longRest
            }
            offer = current
        }
        let scenario = try await setting.tasks.task(offer.task.name).scenario
        let round = RehearsedRound(
            number: number, identity: identity, trust: setting.trust, cap: setting.cap,
            terms: Self.terms, store: store, transport: transport, contributor: contributor,
            scenario: scenario)
        do {
            let result = try await round.take(offer)
            // Who is lost in a rehearsal says so: no step has to wait for its time to be up, which on
            // a slow machine would lose devices that the simulator does not.
            if case .left = result { try? await transport.leave(offer.plan.session) }
            remember(try RehearsedRound.knownSize(in: store))
            return take(result)
        } catch {
            try Task.checkCancellation()
            try? await transport.leave(offer.plan.session)
            remember(try RehearsedRound.knownSize(in: store))
            return take(.left(after: .left, reason: "\(error)"))
        }
    }

    private func remember(_ size: Int?) { state.withLock { $0.knownSize = size } }

    /// Counts what came of a round.
    private func take(_ result: RoundReport.Result) -> PollingWindow {
        switch result {
        case .finished, .joined:
            setting.status.count { $0.finished += 1 }
            return Self.rest
        case .left(let step, let reason):
            setting.status.count {
                $0.left += 1
                $0.reasons["\(step.rawValue): \(reason)", default: 0] += 1
            }
            return Self.rest
        case .declined(let reason):
            setting.status.count {
                $0.declined += 1
                $0.reasons[reason, default: 0] += 1
            }
            return Self.longRest
        }
    }
}

extension Hindrance {
    fileprivate var isCapReached: Bool {
        if case .capReached = self { true } else { false }
    }
}

extension RoundReport.Result {
    fileprivate var isDeclined: Bool {
        if case .declined = self { true } else { false }
    }
}
