import FederatedProtocol
import OnDevice
import PrivacyLedger
import RoundFixtures

/// A coordinator in memory that many participations talk to at once. A step ends when every device
/// that is still there has answered.
actor MemoryCoordinator {
    private(set) var world: RoundWorld
    private(set) var round: RoundInMemory?
    /// The devices that may still answer.
    private var present: Set<Int> = []
    private var answered: Set<Int> = []
    /// What was asked of a device last, so that it is told once.
    private var told: [Int: RoundInMemory.Step] = [:]
    /// Every message, in order.
    private(set) var log: [(device: Int, kind: UInt8)] = []

    init(_ world: RoundWorld) { self.world = world }

    func open(_ number: Int) throws {
        round = try world.open(number)
        present = Set(world.identities.indices)
        answered = []
        told = [:]
    }

    /// Takes back the round: there is nothing to offer.
    func close() { round = nil }

    /// A device is gone without a word.
    func lose(_ device: Int) throws {
        present.remove(device)
        try endStepIfComplete()
    }

    func offer(for device: Int, knowing size: Int?) throws -> RoundOffer? {
        try round?.parts(for: device, consistency: world.consistency(from: size)).offer()
    }

    func receive(_ message: [UInt8], from device: Int) throws {
        log.append((device, message.first ?? 0))
        try round?.receive(message, from: device)
        answered.insert(device)
        try endStepIfComplete()
    }

    private func endStepIfComplete() throws {
        guard let current = round, !present.isEmpty else { return }
        let due = try present.filter { device in
            current.step == .advertising ? true : try current.message(for: device) != nil
        }
        guard due.isSubset(of: answered) else { return }
        answered = []
        // A step that ends with too few devices ends the round.
        do { try round?.endStep() } catch { round = nil }
    }

    /// The next message to a device, if there is one yet; nil within for the end of the round.
    func poll(_ device: Int) throws -> [UInt8]?? {
        guard let round, present.contains(device) else { return .some(nil) }
        guard round.step != .ended else { return .some(nil) }
        guard told[device] != round.step, let message = try round.message(for: device) else {
            return nil
        }
        told[device] = round.step
        return .some(message)
    }
}

/// One device's way to the coordinator in memory.
struct MemoryTransport: RoundTransport {
    let coordinator: MemoryCoordinator
    let device: Int

    func offer(knowing size: Int?) async throws -> RoundOffer? {
        try await coordinator.offer(for: device, knowing: size)
    }

    func send(_ message: [UInt8], in session: [UInt8]) async throws {
        try await coordinator.receive(message, from: device)
    }

    func nextMessage(in session: [UInt8]) async throws -> [UInt8]? {
        while true {
            if let answer = try await coordinator.poll(device) { return answer }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func leave(_ session: [UInt8]) async throws { try await coordinator.lose(device) }
}
