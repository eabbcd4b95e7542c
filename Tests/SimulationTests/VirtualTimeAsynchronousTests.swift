import PrivacyLedger
import Testing

@testable import Simulation

/// Asynchronous rounds in virtual time.
@Suite struct VirtualTimeAsynchronousTests {
    private typealias Fixture = VirtualTimeFixture

    @Test(arguments: [0, 1, 5])
    func `no update is of an older model than allowed`(maximum: Int) throws {
        var time = VirtualTime(.asynchronous)
        time.concurrency = 150
        time.maximumStaleness = maximum
        let rounds = try Fixture.rounds(25, time, .everyone) { deployment, round in
            #expect(deployment.trainingCount <= 150)
            let phones = deployment.phones
            #expect(deployment.meter.connections == phones.count { $0.status != .idle })
            #expect(deployment.readyCount == phones.count { $0.status == .ready })
            #expect(
                deployment.trainingCount
                    == phones.count {
                        [.training, .leavingTraining, .crashingTraining].contains($0.status)
                    })
        }
        var last = 0.0
        for (number, round) in rounds.enumerated() {
            #expect(round.devices.count == 40 && Set(round.devices).count == 40)
            #expect(round.staleness.allSatisfy { $0 >= 0 && $0 <= min(maximum, number) })
            #expect(round.fates.count { $0.masks } >= 28)
            #expect(round.began >= last && round.ended > round.began)
            last = round.ended
        }
        if maximum > 0 { #expect(rounds.contains { $0.staleness.contains { $0 > 0 } }) }
    }

    @Test func `alike phones that begin together finish together`() throws {
        var time = Fixture.ideal(.asynchronous)
        time.concurrency = 40
        let rounds = try Fixture.rounds(5, time, population: 40, cohort: 40, .everyone)
        for round in rounds {
            #expect(round.devices == Array(0..<40) && round.fates.allSatisfy { $0 == .stays })
            #expect(round.staleness.allSatisfy { $0 == 0 })
        }
    }

    @Test func `more devices at the same time make rounds come faster and updates staler`() throws {
        func run(_ concurrency: Int) throws -> (seconds: Double, staleness: Double) {
            var time = Fixture.ideal(.asynchronous)
            time.phones.speedSpread = 0.8
            time.concurrency = concurrency
            let rounds = try Fixture.rounds(60, time, population: 1000, cohort: 20, .everyone)
            let staleness = rounds.dropFirst(20).flatMap(\.staleness)
            return (
                (rounds.last?.ended ?? 0) / 60,
                Double(staleness.reduce(0, +)) / Double(staleness.count)
            )
        }
        let (few, many) = (try run(20), try run(200))
        #expect(many.seconds < few.seconds, "\(many) \(few)")
        #expect(many.staleness > few.staleness + 1, "\(many) \(few)")
    }

    @Test func `a rotation keeps its claim on participations`() throws {
        var counts = [Int](repeating: 0, count: 200)
        let policy = Fixture.policy(.rotation(size: 20))
        var time = VirtualTime(.asynchronous)
        time.phones.availability = .always
        let rounds = try Fixture.rounds(9, time, population: 200, cohort: 20)
        for (number, round) in rounds.enumerated() {
            for (device, fate) in zip(round.devices, round.fates) where fate.masks {
                counts[device] += 1
            }
            #expect(
                (counts.max() ?? 0) <= policy.mostParticipations(in: number + 1, population: 200))
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `the last devices of a turn make a sum within days, and nobody is in two`(
        seed: UInt64
    ) throws {
        // After twelve cohorts everybody may have had a turn: the twelfth finds those that are left.
        let (population, size) = (1200, 100)
        let policy = CohortPolicy(
            selection: .rotation(size: size), toleratedDropout: 0.1, colludingShare: 0.1)
        var deployment = try VirtualDeployment(
            VirtualTime(.asynchronous), population: population, policy: policy, seed: seed,
            interactions: (0..<population).map { 50 + $0 % 250 })
        var work = RoundWork(cohortSize: size, minimumSurvivors: 90, unmaskingDevices: 60)
        work.masking = .init(down: 20_000, up: 400_000, seconds: 1)
        (work.secondsPerInteraction, work.secondsPerDevice) = (0.001, 1)
        var counts = [Int](repeating: 0, count: population)
        var (checkIns, hadAbsent) = (0, false)
        for number in 1...20 {
            let round = try deployment.nextRound(work)
            #expect(Set(round.devices).count == size && round.devices == round.devices.sorted())
            for (device, fate) in zip(round.devices, round.fates) where fate.masks {
                counts[device] += 1
            }
            for device in round.abandoned.flatMap(\.charged) { counts[device] += 1 }
            #expect(
                (counts.max() ?? 0)
                    <= policy.mostParticipations(in: number, population: population),
                "seed \(seed), round \(number)")
            #expect(round.fates.count { $0.masks } >= 90)
            hadAbsent = hadAbsent || round.fates.count { $0 == .absent } > 4
            checkIns += round.cost.checkIns
        }
        #expect(hadAbsent)
        #expect(deployment.clock < 7 * 86_400)
        // Those that nothing is wanted of come once a minute.
        #expect(checkIns < 2_500_000)
    }

    @Test func `coins do not go together with asynchronous rounds`() {
        #expect(throws: VirtualTimeError.coinsAreSynchronous) {
            try Fixture.rounds(1, VirtualTime(.asynchronous), .coins(rate: 0.1))
        }
    }

    @Test func `the same seed gives the same rounds`() throws {
        func run() throws -> [String] {
            try Fixture.rounds(10, VirtualTime(.asynchronous), .everyone).map {
                "\($0.devices) \($0.fates) \($0.staleness) \($0.ended) \($0.cost)"
            }
        }
        #expect(try run() == run())
    }
}
