import FederatedProtocol
import PrivacyLedger
import Recommender
import RoundFixtures
import SecureAggregation
import Sodium
import Testing

/// What a coordinator may send instead of the message that is due.
@Suite struct DeviceRoundFuzzTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func cohort() throws -> DeviceCohort {
        var world = try RoundWorld(
            devices: 12, ledger: folder.path("ledger"),
            queries: [
                SumQuery(
                    name: "gradient", dimension: 4, clippingNorm: 1, budgetShare: 1,
                    broadcastByteCount: 0)
            ])
        return try DeviceCohort(&world)
    }

    /// A committee member of the cohort, before each message that it is sent, with that message.
    private func moments(
        _ device: Int = 5
    ) throws -> [(device: DeviceRound<SeededRandomness>, message: [UInt8])] {
        var cohort = try cohort()
        var moments: [(DeviceRound<SeededRandomness>, [UInt8])] = []
        for _ in 0..<4 {
            let before = cohort.devices[device]
            var ahead = cohort.round
            for (sender, message) in cohort.outbox { try ahead.receive(message, from: sender) }
            try ahead.endStep()
            if let message = try ahead.message(for: device) { moments.append((before, message)) }
            try cohort.advance()
        }
        return moments
    }

    private func expectLeft(_ device: inout DeviceRound<SeededRandomness>) {
        #expect(device.step == .left)
        #expect(throws: DeviceRoundError.outOfOrder(after: .left)) { try device.receive([6]) }
        #expect(throws: DeviceRoundError.outOfOrder(after: .left)) { try device.contribute([0]) }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `altered and random messages end the round and nothing else`(seed: UInt64) throws {
        var randomness = SeededRandomness(seed: seed, label: "garbage")
        let moments = try moments()
        #expect(moments.count == 4)
        for (before, message) in moments {
            for trial in 0..<150 {
                var altered = message
                switch trial % 4 {
                case 0:
                    altered[Int.random(in: altered.indices, using: &randomness)] ^=
                        UInt8(1 << Int.random(in: 0..<8, using: &randomness))
                case 1: altered.removeLast(Int.random(in: 1...altered.count, using: &randomness))
                case 2: altered.append(UInt8.random(in: 0...255, using: &randomness))
                default:
                    altered = [UInt8](
                        repeating: 0, count: Int.random(in: 0..<200, using: &randomness))
                    randomness.fill(&altered)
                    if !altered.isEmpty {
                        altered[0] = UInt8.random(in: 0...10, using: &randomness)
                    }
                }
                var device = before
                // Every bit is under a signature, a seal or a check. Delivered shares are opened
                // when the vector is masked; a possible set of survivors is signed, but then no
                // other one is unmasked.
                #expect(throws: DeviceRoundError.self, "seed \(seed), trial \(trial)") {
                    let effect = try device.receive(altered)
                    if effect == .contribute { _ = try device.contribute([0, 0, 0, 0]) }
                    if device.step == .endorsed { _ = try device.receive(moments[3].message) }
                }
                expectLeft(&device)
            }
        }
    }

    @Test func `messages that are not due end the round`() throws {
        let moments = try moments()
        for (number, (before, _)) in moments.enumerated() {
            for (other, (_, message)) in moments.enumerated() where other != number {
                var device = before
                // Endorsing is not asked of every member: the request may come before the set.
                if number == 2, other == 3 { continue }
                #expect(throws: DeviceRoundError.self) { try device.receive(message) }
                expectLeft(&device)
            }
        }
    }

    @Test func `no second set of survivors is signed, and no other one unmasked`() throws {
        let moments = try moments()
        let survivors = try #require(moments.first { $0.message.first == UInt8(DeviceSet.kind) })
        var device = survivors.device
        _ = try device.receive(survivors.message)
        #expect(device.step == .endorsed)
        #expect(throws: DeviceRoundError.self) { try device.receive(survivors.message) }
        expectLeft(&device)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `events in any order throw or go on, and never go back`(seed: UInt64) throws {
        var randomness = SeededRandomness(seed: seed, label: "events")
        let moments = try moments()
        let order = DeviceStep.allCases
        var device = moments[0].device
        for _ in 0..<12 {
            let before = device.step
            do {
                switch Int.random(in: 0..<8, using: &randomness) {
                case 0: _ = try device.recordIsDurable()
                case 1: _ = try device.contribute([0, 0, 0, 0])
                case 2: device.abandon()
                default:
                    let number = Int.random(in: moments.indices, using: &randomness)
                    _ = try device.receive(moments[number].message)
                }
                #expect(device.step != before || before == .left)
            } catch { #expect(device.step == .left) }
            let places = [before, device.step].compactMap(order.firstIndex)
            #expect(places[1] >= places[0])
        }
    }
}
