import FederatedProtocol
import Foundation
import PrivacyLedger
import Testing

@testable import Simulation

/// Synchronous rounds in virtual time.
@Suite struct VirtualTimeRoundTests {
    private typealias Fixture = VirtualTimeFixture

    private static let longestRound = 60.0 + 60 + 300 + 30 + 60

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `every invited device has one fate, enough survive, and time goes on`(seed: UInt64) throws
    {
        var time = VirtualTime()
        time.checkInsPerSecond = 30
        time.phones.crash = 0.1
        var last = 0.0
        // The last devices of a turn, the fifteenth cohort, may never be there together.
        let rounds = try Fixture.rounds(12, time, population: 600, seed: seed) {
            deployment, round in
            #expect(deployment.clock == round.ended)
            try Self.checkCounters(deployment)
        }
        for round in rounds {
            #expect(round.devices.count == 40 && Set(round.devices).count == 40)
            #expect(round.fates.count == 40 && round.staleness == [Int](repeating: 0, count: 40))
            #expect(round.fates.count { $0.masks } >= 28)
            #expect(round.fates.count { $0.unmasks } >= 19)
            #expect(round.began >= last && round.ended > round.began)
            #expect(round.ended - round.began <= Self.longestRound + 1e-6)
            for attempt in round.abandoned {
                #expect(attempt.began >= last && attempt.ended >= attempt.began)
                #expect(attempt.left < attempt.needed)
            }
            last = round.ended
        }
        #expect(rounds.contains { $0.fates.contains { $0 != .stays } })
    }

    /// What is counted as devices come and go is what a count of all devices gives.
    private static func checkCounters(_ deployment: VirtualDeployment) throws {
        let phones = deployment.phones
        #expect(deployment.meter.connections == phones.count { $0.status != .idle })
        #expect(deployment.heldCount == phones.count { $0.status == .held })
        #expect(deployment.readyCount == phones.count { $0.status == .ready })
        #expect(
            deployment.trainingCount
                == phones.count {
                    [.training, .leavingTraining, .crashingTraining].contains($0.status)
                })
        #expect(phones.allSatisfy { $0.place < 0 })
    }

    @Test func `the same seed gives the same rounds, another one others`() throws {
        func run(_ seed: UInt64) throws -> [VirtualRound] {
            try Fixture.rounds(4, VirtualTime(), seed: seed)
        }
        func summary(_ rounds: [VirtualRound]) -> [String] {
            rounds.map { "\($0.devices) \($0.fates) \($0.began) \($0.ended) \($0.cost)" }
        }
        #expect(summary(try run(7)) == summary(try run(7)))
        #expect(summary(try run(7)) != summary(try run(8)))
    }

    @Test(arguments: [false, true])
    func `nobody takes part outside the windows in which it can`(holds: Bool) throws {
        var time = VirtualTime()
        time.holdsDevices = holds
        time.phones.interruptionsPerHour = 4
        // At the end of the turn it would be a long wait for the last devices.
        _ = try Fixture.rounds(6, time) { deployment, round in
            for (device, fate) in zip(round.devices, round.fates) where fate.advertises {
                let found = deployment.availability.window(of: device, after: round.began)
                let window = try #require(found)
                #expect(window.start <= round.began + 60)
                if fate == .stays { #expect(window.end >= round.ended - 60) }
            }
        }
    }

    @Test func `steps end when all have answered`() throws {
        let rounds = try Fixture.rounds(3, Fixture.ideal(), population: 40, cohort: 40)
        // Two requests' latency each, at most a check-in of 15 s and the polls; the slowest
        // computes 2 s from 39 interactions, and 7.6 s in all; 1 MB takes 0.4 s, 0.2 MB 0.2 s.
        for round in rounds {
            #expect(round.fates.allSatisfy { $0 == .stays })
            let seconds = round.ended - round.began
            #expect(seconds > 8.5 && seconds < 26.5, "\(seconds)")
        }
    }

    @Test func `a step that takes longer than its deadline fails the attempt at the deadline`()
        throws
    {
        var time = Fixture.ideal()
        time.attempts = 3
        var work = Fixture.work(cohort: 40)
        work.secondsPerDevice = 400
        var deployment = try VirtualDeployment(
            time, population: 100, policy: Fixture.policy(.rotation(size: 40)), seed: 1)
        #expect(
            throws: VirtualTimeError.attemptsFailed(
                count: 3, step: "masking", left: 0, needed: 28)
        ) { try deployment.nextRound(work) }
        for attempt in deployment.abandoned {
            #expect(attempt.step == "masking" && attempt.charged.isEmpty)
            #expect(attempt.ended - attempt.began >= 300)
        }
        // Nothing was revealed, so that nobody's turn is over.
        #expect((0..<100).allSatisfy { deployment.rotation?.invitationCount(of: $0) == 0 })
        #expect(deployment.spent.wastedBytes > 0)
    }

    @Test func `devices that were lost while the sum is unmasked are said to be charged`() throws {
        var time = Fixture.ideal()
        time.attempts = 1
        time.outages.fixed = [.init(start: 0, end: 0)]
        var work = Fixture.work(cohort: 40)
        work.unmasking.seconds = 1000
        var deployment = try VirtualDeployment(
            time, population: 100, policy: Fixture.policy(.rotation(size: 40)), seed: 1)
        #expect(throws: VirtualTimeError.self) { try deployment.nextRound(work) }
        #expect(deployment.abandoned.map(\.step) == ["unmasking"])
        #expect(deployment.abandoned.first?.charged.count == 40)
        #expect(
            (0..<100).count { deployment.rotation?.invitationCount(of: $0) == 1 } == 40)
    }

    @Test func `no device is in another round before all others had their turn`() throws {
        var counts = [Int](repeating: 0, count: 100)
        let policy = Fixture.policy(.rotation(size: 30))
        var time = VirtualTime()
        time.phones.crash = 0.1
        var begun = 0
        let rounds = try Fixture.rounds(12, time, population: 100, cohort: 30)
        for round in rounds {
            // An attempt that was charged is a round for the account.
            for attempt in round.abandoned where !attempt.charged.isEmpty {
                begun += 1
                for device in attempt.charged { counts[device] += 1 }
            }
            begun += 1
            for device in round.devices { counts[device] += 1 }
            if begun == rounds.count { #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1) }
            #expect(
                (counts.max() ?? 0) <= policy.mostParticipations(in: begun, population: 100))
        }
        #expect(rounds.contains { !$0.abandoned.isEmpty })
    }

    @Test func `an outage stops rounds and check-ins, and ends the round under way`() throws {
        var time = Fixture.ideal()
        // Rounds of about 15 seconds, the first of which begin at once.
        time.outages.fixed = [.init(start: 0.05, end: 2), .init(start: 1, end: 3)]
        let rounds = try Fixture.rounds(30, time, population: 100, cohort: 40)
        for round in rounds { #expect(round.ended <= 180 || round.began >= 3 * 3600) }
        let stopped = rounds.flatMap(\.abandoned).filter(\.isOutage)
        #expect(stopped.map(\.ended) == [180])
        #expect(rounds.reduce(0) { $0 + $1.cost.failedCheckIns } > 10_000)
    }

    @Test func `with stragglers, over-selection makes rounds shorter`() throws {
        func meanSeconds(_ overSelection: Double) throws -> Double {
            var time = Fixture.ideal()
            time.phones.stragglers = 0.1
            time.phones.stragglerSlowdown = 12
            time.overSelection = overSelection
            let rounds = try Fixture.rounds(20, time)
            return rounds.reduce(0) { $0 + $1.ended - $1.began } / 20
        }
        let (all, most) = (try meanSeconds(1), try meanSeconds(1.3))
        #expect(most < 0.7 * all, "\(most) of \(all)")
    }

    @Test func `those that are not needed any more are late, not lost`() throws {
        var time = Fixture.ideal()
        time.overSelection = 1.25
        let rounds = try Fixture.rounds(5, time)
        for round in rounds {
            #expect(round.fates.count { $0 == .stays } == 32)
            #expect(round.fates.count { $0 == .lostAfterSharing } == 8)
            #expect(round.cost.wastedBytes > 0)
        }
    }

    @Test func `more devices check in by night than by day, about four times as many`() throws {
        var deployment = try VirtualDeployment(
            VirtualTime(), population: 4000, policy: Fixture.policy(.rotation(size: 40)), seed: 3)
        // Of the population of the United States, over three days: hours of the day, UTC.
        var there = [Int](repeating: 0, count: 24)
        for hour in 0..<72 {
            let time = Double(hour + 24) * 3600
            for device in 0..<4000 {
                guard let window = deployment.availability.window(of: device, after: time) else {
                    continue
                }
                if window.start <= time { there[hour % 24] += 1 }
            }
        }
        let (most, least) = (there.max() ?? 0, there.min() ?? 1)
        #expect((3.0...5.5).contains(Double(most) / Double(least)), "\(there)")
        let best = there.firstIndex(of: most) ?? 0
        // Two to four o'clock in the night, from New York to Los Angeles.
        #expect((6...11).contains(best), "\(there)")
    }

    @Test(arguments: [CohortPolicy.Selection.everyone, .coins(rate: 0.2)])
    func `who is invited follows from the policy, and the absent are lost`(
        selection: CohortPolicy.Selection
    ) throws {
        var time = VirtualTime()
        time.phones.availability = .always
        let rounds = try Fixture.rounds(
            4, time, population: 150, cohort: selection == .everyone ? 150 : 30, selection)
        for round in rounds where round.abandoned.isEmpty {
            #expect(round.devices == round.devices.sorted())
            if selection == .everyone { #expect(round.devices == Array(0..<150)) }
        }
    }

    @Test func `what devices spend adds up to the whole`() throws {
        var cost: DeploymentCost?
        var sum = RoundCost()
        let rounds = try Fixture.rounds(8, VirtualTime()) { deployment, _ in
            cost = deployment.cost
        }
        for round in rounds { sum += round.cost }
        let whole = try #require(cost)
        #expect(whole.total == sum && whole.rounds == 8)
        #expect(abs(whole.phones.bytesUp.mean * 400 - Double(sum.bytesUp)) < 1)
        #expect(abs(whole.phones.bytesDown.mean * 400 - Double(sum.bytesDown)) < 1)
        #expect(abs(whole.phones.seconds.mean * 400 - sum.deviceSeconds) < 1e-3)
        #expect(abs(whole.phones.milliampereHours.mean * 400 - sum.milliampereHours) < 1e-3)
        #expect(whole.phones.checkIns.mean * 400 == Double(sum.checkIns))
        #expect(whole.server.peakConnections == 40 || whole.server.peakConnections < 40)
        #expect(sum.wastedBytes < sum.bytesUp + sum.bytesDown)
    }

    @Test func `devices that are held are all in the round that begins`() throws {
        var time = Fixture.ideal()
        time.holdsDevices = true
        time.gathering = 3600
        // Far too slow a rate for devices to be back before the deadline.
        time.checkInsPerSecond = 0.5
        for round in try Fixture.rounds(8, time) {
            #expect(round.abandoned.isEmpty && round.fates.allSatisfy { $0 == .stays })
        }
        time.holdsDevices = false
        time.gathering = 0
        time.attempts = 5
        #expect(throws: VirtualTimeError.self) { try Fixture.rounds(8, time) }
    }

    @Test func `a round that does not come about is given up`() {
        var time = VirtualTime()
        time.longestDays = 0.5
        #expect(throws: VirtualTimeError.self) {
            try Fixture.rounds(1, time, population: 200, cohort: 200, .everyone)
        }
    }

    @Test func `records of costs survive JSON`() throws {
        let rounds = try Fixture.rounds(2, VirtualTime()) { deployment, _ in
            let data = try JSONEncoder().encode(deployment.cost)
            #expect(try JSONDecoder().decode(DeploymentCost.self, from: data) == deployment.cost)
        }
        let data = try JSONEncoder().encode(rounds.map(\.cost))
        #expect(try JSONDecoder().decode([RoundCost].self, from: data) == rounds.map(\.cost))
    }
}
