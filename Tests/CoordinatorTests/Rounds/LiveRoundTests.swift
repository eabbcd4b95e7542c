import Coordinator
import FederatedProtocol
import RoundFixtures
import SecureAggregation
import Sodium
import Testing

@Suite struct LiveRoundTests {
    let fixture: RoundFixture

    init() throws { fixture = try RoundFixture.make() }

    private func expectSum(of devices: [Int], _ driver: RoundDriver) throws {
        #expect(driver.surprises.isEmpty)
        #expect(driver.ending == .completed(survivors: devices))
        let sum = try #require(driver.sum)
        let isRight = fixture.isSum(sum, of: devices)
        #expect(isRight)
        #expect(driver.live.outcome == .completed)
        #expect(driver.live.stepName == nil && driver.live.deadline == nil)
    }

    @Test func `a round of all devices gives the sum of their vectors to each of them`() throws {
        var driver = try RoundDriver(fixture)
        try driver.run()
        try expectSum(of: Array(0..<12), driver)
        #expect(driver.endings.allSatisfy { $0 == .ended(completed: true, reason: "") })
        #expect(driver.live.survivorsPerStep == [12, 12, 12, 12])
        #expect(driver.live.stepEnds.count == 5)
        #expect(driver.live.stepEnds == driver.live.stepEnds.sorted())
        // Nobody was waited for once all had answered.
        #expect((driver.live.stepEnds.last ?? .max) < 15_000)
    }

    @Test(arguments: RoundStep.allCases)
    func `devices that fall silent are waited for until the deadline, and the others go on`(
        step: RoundStep
    ) throws {
        let lost = [1, 6, 9]
        var driver = try RoundDriver(
            fixture, fates: Dictionary(uniqueKeysWithValues: lost.map { ($0, .silent(step)) }))
        try driver.run()
        try expectSum(of: (0..<12).filter { step > .masking || !lost.contains($0) }, driver)
        let place = RoundStep.allCases.firstIndex(of: step) ?? 0
        let ends = [0] + driver.live.stepEnds
        // A quorum of the committee is enough.
        if step != .endorsing {
            #expect(ends[place + 1] - ends[place] == (step == .masking ? 60_000 : 10_000))
        }
        for device in 0..<12 where !lost.contains(device) {
            #expect(driver.endings[device] == .ended(completed: true, reason: ""))
        }
    }

    @Test(arguments: RoundStep.allCases, [true, false])
    func `devices that leave are not waited for, and stay in the sum once they are in it`(
        step: RoundStep, isAfter: Bool
    ) throws {
        let lost = [1, 6, 9]
        let fate: RoundDriver.Fate = isAfter ? .leavesAfter(step) : .leaves(step)
        var driver = try RoundDriver(
            fixture, fates: Dictionary(uniqueKeysWithValues: lost.map { ($0, fate) }))
        try driver.run()
        let isInSum = step > .masking || step == .masking && isAfter
        try expectSum(of: (0..<12).filter { isInSum || !lost.contains($0) }, driver)
        #expect((driver.live.stepEnds.last ?? .max) < 15_000)
    }

    @Test(
        arguments: zip(
            [RoundStep.advertising, .sharing, .masking], ["advertise keys", "share keys", "mask"]))
    func `too few devices end the round for everybody, with the reason`(
        step: RoundStep, name: String
    ) throws {
        var driver = try RoundDriver(
            fixture,
            fates: Dictionary(uniqueKeysWithValues: (0..<4).map { ($0, .silent(step)) }))
        try driver.run()
        #expect(driver.ending == .failed(step: name, left: 8, needed: 9))
        for case .ended(let completed, let reason)? in driver.endings {
            #expect(!completed)
            #expect(reason.contains("8 devices are left after '\(name)' where 9 are needed"))
        }
        #expect(driver.endings.count { $0 != nil } == 8)
        #expect(driver.live.advance(now: .max) == nil)
    }

    @Test func `without a quorum of the committee nothing is charged`() throws {
        var driver = try RoundDriver(
            fixture,
            fates: Dictionary(uniqueKeysWithValues: (0..<12).map { ($0, .silent(.endorsing)) }))
        try driver.run()
        #expect(
            driver.ending
                == .failed(
                    step: "endorse the survivors", left: 0,
                    needed: fixture.round.parameters.committee.quorum))
        #expect(driver.survivors.isEmpty)
    }

    @Test func `unmasking waits for a durable charge, and an abandoned round reveals nothing`()
        throws
    {
        var live = try fixture.live()
        let stopped = try stop(&live, before: .unmasking)
        #expect(live.stepName == "endorsing" && live.deadline == nil)
        for device in 0..<12 {
            let answer = try live.receive(after: 5, by: fixture.identities[device], now: 9)
            guard case .wait = answer else {
                Issue.record("device \(device) was asked to unmask: \(answer)")
                continue
            }
        }
        #expect(live.advance(now: .max / 2) == nil)
        live.abandon("the ledger could not be written")
        live.chargeIsDurable(now: 10)
        live.complete()
        #expect(
            try live.receive(after: 5, by: fixture.identities[0], now: 11)
                == .ended(completed: false, reason: "the ledger could not be written"))
        #expect(stopped.count == 12)
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `retries of all messages in any order change nothing, and other bytes are refused`(
        seed: UInt64
    ) throws {
        var driver = try RoundDriver(fixture, seed: seed)
        driver.repeats = true
        try driver.run()
        try expectSum(of: Array(0..<12), driver)
    }

    /// Runs a round of all devices until a step is due.
    ///
    /// - Returns: What each device would send in it; before unmasking, what it sent last.
    @discardableResult
    private func stop(_ live: inout LiveRound, before step: RoundStep) throws -> [[UInt8]] {
        var devices = fixture.devices
        var outbox = fixture.first
        for current in RoundStep.allCases where current < step {
            for device in 0..<12 where outbox[device].first == UInt8(current.rawValue) {
                let identity = fixture.identities[device]
                if current == .masking {
                    try live.submitMasked(try MaskedUpload(outbox[device]), from: identity)
                } else {
                    try live.submit(outbox[device], from: identity)
                }
            }
            while let event = live.advance(now: 5) {
                if case .closeCollection = event { live.endCollection() }
            }
            for device in 0..<12 {
                let answer = try live.receive(
                    after: Int(outbox[device].first ?? 0), by: fixture.identities[device], now: 5)
                guard case .message(let message) = answer else { continue }
                switch try devices[device].receive(message) {
                case .send(let next), .finish(let next): outbox[device] = next
                case .contribute:
                    if case .send(let next) = try devices[device].contribute(
                        fixture.vector(of: device))
                    {
                        outbox[device] = next
                    }
                }
            }
        }
        return outbox
    }

    private func code(_ body: () throws(CallError) -> Void) -> CallError.Code? {
        do throws(CallError) { try body() } catch { return error.code }
        return nil
    }

    private func send(
        _ message: [UInt8], _ device: Int, _ live: inout LiveRound
    ) throws(CallError) {
        let identity = fixture.identities[device]
        if message.first == 5 {
            try live.submitMasked(try MaskedUpload(message), from: identity)
        } else {
            try live.submit(message, from: identity)
        }
    }

    @Test(arguments: [RoundStep.advertising, .sharing, .masking, .endorsing])
    func `what is no message of the step is refused with its reason and changes nothing`(
        step: RoundStep
    ) throws {
        var live = try fixture.live()
        let outbox = try stop(&live, before: step)
        let sender = try #require((0..<12).first { outbox[$0].first == UInt8(step.rawValue) })
        let other = try #require((0..<12).last { outbox[$0].first == UInt8(step.rawValue) })
        let good = outbox[sender]
        #expect(sender != other)
        func expect(_ expected: CallError.Code, _ message: [UInt8], from device: Int? = nil) {
            var copy = live
            #expect(
                code { () throws(CallError) in
                    try send(message, device ?? sender, &copy)
                } == expected)
            #expect(copy.survivorsPerStep == live.survivorsPerStep)
            // The good message is still welcome.
            #expect(code { () throws(CallError) in try send(good, sender, &copy) } == nil)
        }
        expect(.invalidArgument, [])
        for kind in [0, 2, 4, 6, 8, 10, 255] as [UInt8] { expect(.invalidArgument, [kind, 1, 2]) }
        expect(.invalidArgument, Array(good.dropLast()))
        expect(.invalidArgument, good + [0])
        expect(.invalidArgument, good + [UInt8](repeating: 1, count: 1 << 20))
        expect(.permissionDenied, outbox[other])
        expect(.permissionDenied, good, from: other)
        var forged = good
        forged[step == .sharing ? 9 : 40] ^= 1
        expect(step == .sharing ? .invalidArgument : .permissionDenied, forged)
        // A kind that is due at another step.
        for kind in RoundStep.allCases where kind != step && kind != .masking {
            var copy = live
            let early = code { () throws(CallError) in
                try copy.submit([UInt8(kind.rawValue)], from: fixture.identities[sender])
            }
            #expect(early == (kind < step ? .alreadyExists : .failedPrecondition))
        }
        // Masked inputs have their own way.
        #expect(
            code { () throws(CallError) in
                try live.submit([5, 0], from: fixture.identities[sender])
            } == .invalidArgument)
    }

    @Test func `a message that comes too late is refused with the name of its step`() throws {
        var live = try fixture.live()
        for device in 0..<11 {
            try live.submit(fixture.first[device], from: fixture.identities[device])
        }
        #expect(live.advance(now: 9_999) == nil && live.step == .advertising)
        #expect(live.advance(now: 10_000) == nil && live.step == .sharing)
        #expect {
            try live.submit(fixture.first[11], from: fixture.identities[11])
        } throws: {
            let error = $0 as? CallError
            return error?.code == .failedPrecondition
                && error?.message.contains("advertising is over") == true
        }
        guard
            case .ended(false, let reason) = try live.receive(
                after: 1, by: fixture.identities[11], now: 10_000)
        else {
            Issue.record("a late device was told to go on")
            return
        }
        #expect(reason.contains("advertising ended"))
        // The others' retries are still right.
        try live.submit(fixture.first[0], from: fixture.identities[0])
    }

    @Test func `strangers are turned away`() throws {
        var live = try fixture.live()
        let stranger = [UInt8](repeating: 7, count: 32)
        #expect(
            code { () throws(CallError) in
                try live.submit(fixture.first[0], from: stranger)
            } == .permissionDenied)
        #expect(code { () throws(CallError) in try live.leave(stranger) } == .permissionDenied)
        #expect(
            code { () throws(CallError) in
                _ = try live.receive(after: 1, by: [], now: 0)
            } == .permissionDenied)
    }

    @Test
    func `a question before its message, or after a kind that devices do not send, is refused`()
        throws
    {
        let live = try fixture.live()
        #expect(
            code { () throws(CallError) in
                _ = try live.receive(after: 1, by: fixture.identities[0], now: 0)
            } == .failedPrecondition)
        #expect(
            code { () throws(CallError) in
                _ = try live.receive(after: 4, by: fixture.identities[0], now: 0)
            } == .invalidArgument)
    }

    @Test func `a device that left says no more`() throws {
        var live = try fixture.live()
        try live.submit(fixture.first[0], from: fixture.identities[0])
        for device in [0, 1] { try live.leave(fixture.identities[device]) }
        // What was accepted before is still acknowledged.
        try live.submit(fixture.first[0], from: fixture.identities[0])
        #expect(
            code { () throws(CallError) in
                try live.submit(fixture.first[1], from: fixture.identities[1])
            } == .failedPrecondition)
        #expect(
            try live.receive(after: 1, by: fixture.identities[0], now: 0)
                == .ended(completed: false, reason: "this device has left the round"))
    }

    @Test func `an endorsement beyond the quorum is taken, and checked all the same`() throws {
        var live = try fixture.live()
        let outbox = try stop(&live, before: .endorsing)
        let signers = (0..<12).filter { outbox[$0].first == 7 }
        let quorum = fixture.round.parameters.committee.quorum
        try #require(signers.count > quorum)
        for device in signers.prefix(quorum) {
            try live.submit(outbox[device], from: fixture.identities[device])
        }
        guard case .charge? = live.advance(now: 6) else {
            Issue.record("a quorum does not end the step")
            return
        }
        let late = signers[quorum]
        var forged = outbox[late]
        forged[40] ^= 1
        #expect(
            code { () throws(CallError) in
                try live.submit(forged, from: fixture.identities[late])
            } == .permissionDenied)
        live.chargeIsDurable(now: 7)
        try live.submit(outbox[late], from: fixture.identities[late])
        guard
            case .message(let request) = try live.receive(
                after: 7, by: fixture.identities[late], now: 8)
        else {
            Issue.record("a late signer is not asked to unmask")
            return
        }
        #expect(request.first == 8)
    }

    @Test
    func `devices come back soon where a step may end at any moment, and seldom where it hangs`()
        throws
    {
        var live = try fixture.live()
        for device in 0..<11 {
            try live.submit(fixture.first[device], from: fixture.identities[device])
        }
        func window(_ now: Int64) throws -> (earliest: Int, latest: Int) {
            guard
                case .wait(let earliest, let latest) = try live.receive(
                    after: 1, by: fixture.identities[0], now: now)
            else { throw CallError(.internal, "nothing to wait for") }
            return (earliest, latest)
        }
        #expect(try window(10) == (50, 100))
        #expect(try window(8000) == (500, 1000))
        // The end is near: not before it, and not all at once.
        #expect(try window(9990) == (10, 110))
        #expect(try window(10_000) == (0, 100))
    }
}
