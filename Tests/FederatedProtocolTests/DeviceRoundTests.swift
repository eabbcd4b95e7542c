import FederatedProtocol
import PrivacyLedger
import PrivateAggregation
import Recommender
import RoundFixtures
import SecureAggregation
import Sodium
import Testing

@Suite struct DeviceRoundTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func world(rounds: Int = 2, epsilon: Double = 20) throws -> RoundWorld {
        try RoundWorld(
            devices: 12, ledger: folder.path("ledger"),
            queries: (0..<rounds).map { _ in
                SumQuery(
                    name: "gradient", dimension: 20, clippingNorm: 2, budgetShare: 1,
                    broadcastByteCount: 0)
            }, epsilon: epsilon)
    }

    /// 8 standard deviations: a false alarm in 1e13 sums.
    private func expectRight(_ round: RoundInMemory, _ devices: [Int]) throws {
        let sum = try #require(round.sum)
        #expect(sum.contributors == devices.count)
        var truth = [Float](repeating: 0, count: sum.values.count)
        for device in devices {
            for (place, value) in DeviceCohort.vector(of: device, round).enumerated() {
                truth[place] += value
            }
        }
        for (value, expected) in zip(sum.values, truth) {
            #expect(abs(Double(value - expected)) < 8 * sum.noiseStandardDeviation)
        }
        // So that a vector left out or counted twice shows, the noise is well below their norm.
        #expect(sum.noiseStandardDeviation * 8 < 2 * Double(sum.values.count).squareRoot())
    }

    @Test func `two rounds of all devices give the sums of their vectors`() throws {
        var world = try world()
        var cohort = try DeviceCohort(&world)
        for _ in 0..<5 { try cohort.advance() }
        try expectRight(cohort.round, Array(0..<12))
        #expect(cohort.devices.allSatisfy { $0.step == .finished })
        let once = try cohort.records[0].epsilon
        var next = try DeviceCohort(&world, round: 1, records: cohort.records)
        for _ in 0..<5 { try next.advance() }
        try expectRight(next.round, Array(0..<12))
        #expect(try next.records[0].epsilon > once)
        #expect(next.records.allSatisfy { $0.participations.count == 2 })
    }

    @Test(arguments: 0..<5)
    func `devices may be lost at any step`(step: Int) throws {
        var world = try world(rounds: 1)
        var cohort = try DeviceCohort(&world)
        let lost: Set<Int> = [1, 6, 9]
        for current in 0..<5 { try cohort.advance(losing: current == step ? lost : []) }
        // From the fourth step on, their vectors are in the sum.
        try expectRight(cohort.round, (0..<12).filter { step > 2 || !lost.contains($0) })
        // Lost or not, they were charged.
        #expect(cohort.records.allSatisfy { $0.participations.count == 1 })
    }

    @Test func `nothing is revealed of too few devices`() throws {
        var world = try world(rounds: 1)
        var cohort = try DeviceCohort(&world)
        try cohort.advance()
        try cohort.advance()
        #expect(throws: AggregationError.tooFewDevices(step: "mask", left: 8, needed: 9)) {
            try cohort.advance(losing: [0, 1, 2, 3])
        }
    }

    @Test func `no message exists before the charged record is said to be durable`() throws {
        var world = try world(rounds: 1)
        let round = try world.open(0)
        var device = DeviceCohort.device(0, of: world)
        let before = try world.record()
        let decision = try device.consider(try round.parts(for: 0).offer(), record: before)
        guard case .charge(let charged) = decision else {
            Issue.record("the device declined an honest offer")
            return
        }
        #expect(charged.participations.count == 1 && before.participations.isEmpty)
        #expect(device.step == .charged)
        var early = device
        let introductions = PeerIntroductions([]).encoded
        #expect(throws: DeviceRoundError.outOfOrder(after: .charged)) {
            try early.receive(introductions)
        }
        #expect(throws: DeviceRoundError.outOfOrder(after: .left)) { try early.recordIsDurable() }
        guard case .send(let message) = try device.recordIsDurable() else {
            Issue.record("no keys were sent")
            return
        }
        #expect(throws: Never.self) {
            try KeyAdvertisement(decoding: message, under: round.parameters)
        }
    }

    @Test func `a restarted device does not join its round again`() throws {
        var world = try world(rounds: 1)
        let cohort = try DeviceCohort(&world)
        var restarted = DeviceCohort.device(4, of: world, label: "restarted")
        let offer = try cohort.round.parts(for: 4).offer()
        let decision = try restarted.consider(offer, record: cohort.records[4])
        guard case .decline(let reason, let kept) = decision else {
            Issue.record("the device joined a round twice")
            return
        }
        #expect(reason == .refused(.alreadyJoined))
        #expect(kept == cohort.records[4])
        #expect(throws: DeviceRoundError.outOfOrder(after: .left)) {
            try restarted.recordIsDurable()
        }
    }

    @Test func `a device that abandons its round says nothing more`() throws {
        var world = try world(rounds: 1)
        var cohort = try DeviceCohort(&world)
        cohort.devices[0].abandon()
        #expect(cohort.devices[0].step == .left)
        #expect(throws: DeviceRoundError.outOfOrder(after: .left)) {
            try cohort.devices[0].receive(PeerIntroductions([]).encoded)
        }
    }

    @Test func `a vector that the plan does not fit ends the round for its device`() throws {
        var world = try world(rounds: 1)
        var cohort = try DeviceCohort(&world)
        try cohort.advance()
        for (device, message) in cohort.outbox { try cohort.round.receive(message, from: device) }
        try cohort.round.endStep()
        let message = try #require(try cohort.round.message(for: 0))
        let effect = try cohort.devices[0].receive(message)
        #expect(effect == .contribute)
        var other = cohort.devices[0]
        #expect(throws: DeviceRoundError.vector(.wrongDimension(expected: 20, actual: 19))) {
            try cohort.devices[0].contribute([Float](repeating: 0, count: 19))
        }
        #expect(cohort.devices[0].step == .left)
        #expect(throws: DeviceRoundError.vector(.notFinite)) {
            try other.contribute([Float](repeating: .nan, count: 20))
        }
    }
}
