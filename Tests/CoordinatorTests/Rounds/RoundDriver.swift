import Coordinator
import FederatedProtocol
import Recommender
import SecureAggregation
import Sodium

/// Devices and coordinator of one round, with time and chance of their own.
struct RoundDriver {
    /// What becomes of a device.
    enum Fate: Hashable {
        case stays
        /// Sends everything before this step, and nothing from it on.
        case silent(RoundStep)
        /// Says so, when this step is due.
        case leaves(RoundStep)
        /// Leaves after its message of this step was taken.
        case leavesAfter(RoundStep)
    }

    /// How a round ended.
    enum Ending: Equatable {
        case completed(survivors: [Int])
        case failed(step: String, left: Int, needed: Int)
    }

    private struct Agent {
        var device: DeviceRound<SeededRandomness>
        var fate: Fate
        /// What is to be sent; nil while it waits for an answer.
        var outbox: [UInt8]?
        var last = 0
        /// When it acts next; nil where it does not.
        var next: Int64?
        var history: [[UInt8]] = []
        var ending: LiveRound.Delivery?
    }

    let fixture: RoundFixture
    var live: LiveRound
    var now: Int64 = 0
    /// Other processes that collect masked inputs, by name; devices are dealt out to all.
    var collectors: [String: Collector] = [:]
    var collectorNames: [String] = []
    /// Collectors that die before they hand in.
    var dead: Set<String> = []
    /// The longest time that a device takes for anything, in milliseconds.
    var latency = 1...400
    /// Whether messages are sent again, old ones too.
    var repeats = false
    private(set) var survivors: [Int] = []
    private(set) var sum: NoisySum?
    private(set) var ending: Ending?
    private var agents: [Agent]
    private var randomness: SeededRandomness
    private(set) var surprises: [String] = []

    init(_ fixture: RoundFixture, fates: [Int: Fate] = [:], seed: UInt64 = 0) throws {
        self.fixture = fixture
        live = try fixture.live(replica: "leader")
        randomness = SeededRandomness(seed: seed, label: "driver")
        agents = fixture.devices.indices.map {
            Agent(
                device: fixture.devices[$0], fate: fates[$0, default: .stays],
                outbox: fixture.first[$0], next: 0)
        }
        for number in agents.indices { agents[number].next = after() }
    }

    /// How each device's round ended, as it was told.
    var endings: [LiveRound.Delivery?] { agents.map(\.ending) }

    private mutating func after() -> Int64 {
        now + Int64(Int.random(in: latency, using: &randomness))
    }

    /// Runs the round to its end.
    mutating func run() throws {
        while true {
            let next = agents.indices.filter { agents[$0].next != nil }
                .min { (agents[$0].next ?? 0) < (agents[$1].next ?? 0) }
            let time = next.flatMap { agents[$0].next }
            if let deadline = live.deadline, deadline <= time ?? .max {
                now = max(now, deadline)
            } else if let next, let time {
                now = max(now, time)
                agents[next].next = nil
                try act(next)
            } else {
                return
            }
            while let event = live.advance(now: now) { try handle(event) }
        }
    }

    private mutating func handle(_ event: LiveRound.Event) throws {
        switch event {
        case .closeCollection:
            for (name, var collector) in collectors where !dead.contains(name) {
                try live.merge(collector.close())
                // Handed in again, it changes nothing.
                try live.merge(collector.close())
            }
            live.endCollection()
        case .charge(let survivors, let perStep):
            if survivors.count != perStep.last || perStep.count != 3 {
                surprises.append("\(survivors.count) survivors, but \(perStep)")
            }
            self.survivors = survivors
            live.chargeIsDurable(now: now)
        case .reveal(let coordinator):
            sum = try fixture.decode(coordinator)
            ending = .completed(survivors: survivors)
            live.complete()
        case .failed(let step, let left, let needed):
            ending = .failed(step: step, left: left, needed: needed)
        }
    }

    private mutating func act(_ number: Int) throws {
        let identity = fixture.identities[number]
        guard let message = agents[number].outbox else { return try ask(number) }
        let step = message.first.flatMap { RoundStep(rawValue: Int($0)) } ?? .advertising
        switch agents[number].fate {
        case .silent(let due) where due == step: return
        case .leaves(let due) where due == step:
            try live.leave(identity)
            return
        default: break
        }
        do {
            try send(message, of: number)
        } catch {
            agents[number].ending = .ended(completed: false, reason: error.message)
            return
        }
        agents[number].outbox = nil
        agents[number].last = step.rawValue
        agents[number].history.append(message)
        if agents[number].fate == .leavesAfter(step) {
            try live.leave(identity)
            return
        }
        if repeats { try repeatOldMessages(number) }
        agents[number].next = after()
    }

    private mutating func send(_ message: [UInt8], of number: Int) throws(CallError) {
        let identity = fixture.identities[number]
        guard message.first == 5 else { return try live.submit(message, from: identity) }
        let upload = try MaskedUpload(message)
        guard !collectorNames.isEmpty else { return try live.submitMasked(upload, from: identity) }
        let name = try live.settleUpload(
            of: identity, at: collectorNames[number % collectorNames.count])
        if name == "leader" { return try live.submitMasked(upload, from: identity) }
        guard live.step == .masking else {
            throw CallError(.permissionDenied, "the ticket has expired")
        }
        let key = AuthenticationKey([UInt8](repeating: 3, count: 32))
        let text = try live.uploadTicket(for: identity, expires: 10).text(key: key)
        let ticket = try UploadTicket(text: text, key: key, now: 0)
        var collector = collectors[name] ?? Collector(for: ticket)
        try collector.submit(upload, ticket: ticket, from: identity)
        collectors[name] = collector
        live.remoteCollected = collectors.filter { !dead.contains($0.key) }.values
            .reduce(0) { $0 + $1.count }
    }

    /// Whatever was accepted is accepted again, and the same bytes with a change are not.
    private mutating func repeatOldMessages(_ number: Int) throws {
        for message in agents[number].history.shuffled(using: &randomness) {
            guard Bool.random(using: &randomness), message.first != 5 || collectorNames.isEmpty
            else { continue }
            do throws(CallError) { try send(message, of: number) } catch {
                surprises.append("a retry of kind \(message[0]) was refused: \(error)")
            }
            var altered = message
            altered[Int.random(in: 1..<altered.count, using: &randomness)] ^= 1
            do throws(CallError) {
                try send(altered, of: number)
                surprises.append("a second message of kind \(message[0]) was taken")
            } catch {
                if error.code != .alreadyExists { surprises.append("\(error)") }
            }
        }
    }

    private mutating func ask(_ number: Int) throws {
        let identity = fixture.identities[number]
        let last = agents[number].last
        let answer: LiveRound.Delivery
        do {
            answer = try live.receive(after: last, by: identity, now: now)
        } catch {
            agents[number].ending = .ended(completed: false, reason: error.message)
            return
        }
        // The same question has the same answer.
        if try live.receive(after: last, by: identity, now: now) != answer {
            surprises.append("another answer after \(last)")
        }
        switch answer {
        case .wait(let earliest, let latest):
            if let deadline = live.deadline, now + Int64(earliest) > deadline {
                surprises.append("told to come back after the deadline only")
            }
            if earliest < 0 || earliest > latest { surprises.append("a window back to front") }
            agents[number].next =
                now + Int64(Int.random(in: earliest...max(earliest, latest), using: &randomness))
        case .message(let message):
            switch try agents[number].device.receive(message) {
            case .send(let next), .finish(let next): agents[number].outbox = next
            case .contribute:
                let vector = fixture.vector(of: number)
                if case .send(let next) = try agents[number].device.contribute(vector) {
                    agents[number].outbox = next
                }
            }
            agents[number].next = after()
        case .ended: agents[number].ending = answer
        }
    }
}
