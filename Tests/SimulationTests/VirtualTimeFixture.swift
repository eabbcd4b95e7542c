import PrivacyLedger

@testable import Simulation

/// Small deployments for the tests of virtual time.
enum VirtualTimeFixture {
    static func policy(_ selection: CohortPolicy.Selection) -> CohortPolicy {
        CohortPolicy(selection: selection, toleratedDropout: 0.3, colludingShare: 0.1)
    }

    static func work(cohort: Int) -> RoundWork {
        var work = RoundWork(
            cohortSize: cohort, minimumSurvivors: max(2, cohort * 7 / 10),
            committeeSize: min(cohort, 20), broadcastBytes: 1_000_000, secondsPerInteraction: 0.05,
            secondsPerDevice: 5)
        work.advertising = .init(down: 1000, up: 200, seconds: 0.01)
        work.sharing = .init(down: 5000, up: 5000, seconds: 0.1)
        work.masking = .init(down: 5000, up: 200_000, seconds: 0.5)
        work.endorsing = .init(down: 300, up: 100)
        work.unmasking = .init(down: 300, up: 3000)
        return work
    }

    /// Phones that are always there and all alike, with a network that loses nothing.
    static func ideal(_ model: VirtualTime.Model = .synchronous) -> VirtualTime {
        var time = VirtualTime(model)
        time.phones.availability = .always
        time.phones.speedSpread = 0
        time.phones.variation = 0
        time.phones.crash = 0
        time.network.spread = 0
        time.network.latencySpread = 0
        time.network.loss = 0
        return time
    }

    static func rounds(
        _ count: Int, _ time: VirtualTime, population: Int = 400, cohort: Int = 40,
        _ selection: CohortPolicy.Selection? = nil, seed: UInt64 = 1,
        each: (inout VirtualDeployment, VirtualRound) throws -> Void = { _, _ in }
    ) throws -> [VirtualRound] {
        var deployment = try VirtualDeployment(
            time, population: population, policy: policy(selection ?? .rotation(size: cohort)),
            seed: seed, interactions: (0..<population).map { $0 % 200 })
        return try (0..<count).map { _ in
            let round = try deployment.nextRound(work(cohort: cohort))
            try each(&deployment, round)
            return round
        }
    }
}
