import DifferentialPrivacy
import FederatedProtocol
import PrivacyLedger
import PrivateAggregation
import Recommender
import SecureAggregation
import Testing

@Suite struct TrainingPlanTests {
    private func queries(_ shares: [Double]) -> [SumQuery] {
        shares.map {
            SumQuery(
                name: "sum", dimension: 100, clippingNorm: 1, budgetShare: $0,
                broadcastByteCount: 0)
        }
    }

    private func target(
        _ epsilon: Double, against: PrivacyTarget.Adversary = .coordinator
    ) throws -> PrivacyTarget {
        PrivacyTarget(budget: try PrivacyBudget(epsilon: epsilon, delta: 1e-5), against: against)
    }

    private func policy(
        _ selection: CohortPolicy.Selection, toleratedDropout: Double = 0,
        colludingShare: Double = 0
    ) -> CohortPolicy {
        CohortPolicy(
            selection: selection, toleratedDropout: toleratedDropout,
            colludingShare: colludingShare)
    }

    @Test(arguments: [0.5, 1, 2, 4, 8])
    func `full participation spends the budget and no more`(epsilon: Double) throws {
        let plan = try TrainingPlan(
            queries: queries([0.1, 0.2, 0.7]), population: 500, policy: policy(.everyone),
            target: try target(epsilon))
        #expect(plan.planned.epsilonCoordinator <= epsilon)
        #expect(plan.planned.epsilonCoordinator > epsilon * (1 - 1e-9))
        #expect(plan.planned.epsilonObserver == plan.planned.epsilonCoordinator)
        #expect(abs(plan.rho[2] / plan.rho[0] - 7) < 1e-9)
    }

    @Test(arguments: NoiseDistribution.allCases)
    func `a sum spends what its round may, however many are lost`(
        _ noise: NoiseDistribution
    ) throws {
        let plan = try TrainingPlan(
            queries: queries([1]), population: 400,
            policy: policy(.everyone, toleratedDropout: 0.3, colludingShare: 0.1),
            target: try target(2), noise: noise)
        let sum = try plan.sumPlan(round: 0, query: plan.queries[0], invited: 400)
        #expect(sum.minimumSurvivors == 280 && sum.colluding == 40)
        for survivors in 280...400 {
            let rho = try sum.achievedNoise(survivors: survivors).rho
            #expect(rho <= plan.rho[0] && rho > plan.rho[0] * (1 - 1e-4))
        }
        #expect(plan.planned.epsilonCoordinator <= 2 && plan.planned.epsilonCoordinator > 1.999)
    }

    @Test func `a rotation charges a device only for the rounds it is invited to`() throws {
        let rotation = policy(.rotation(size: 50))
        #expect(rotation.mostParticipations(in: 20, population: 1000) == 1)
        #expect(rotation.mostParticipations(in: 21, population: 1000) == 2)
        let once = try TrainingPlan(
            queries: queries([Double](repeating: 1, count: 20)), population: 1000, policy: rotation,
            target: try target(2))
        let single = try TrainingPlan(
            queries: queries([1]), population: 1000, policy: policy(.everyone),
            target: try target(2))
        #expect(abs(once.rho[0] / single.rho[0] - 1) < 1e-9)
        #expect(rotation.neighbouring == .zeroOutOne)
    }

    @Test func `coins amplify against observers only`() throws {
        let plan = try TrainingPlan(
            queries: queries([Double](repeating: 1, count: 50)), population: 2000,
            policy: policy(.coins(rate: 0.05)), target: try target(4))
        #expect(plan.planned.epsilonCoordinator <= 4)
        #expect(plan.planned.epsilonObserver < plan.planned.epsilonCoordinator)
        let forObservers = try TrainingPlan(
            queries: queries([Double](repeating: 1, count: 50)), population: 2000,
            policy: policy(.coins(rate: 0.05)), target: try target(4, against: .observer))
        #expect(forObservers.planned.epsilonObserver <= 4)
        #expect(forObservers.rho[0] > plan.rho[0])
    }

    @Test func `impossible cohorts are refused with the reason`() throws {
        #expect(throws: TrainingPlanError.cohortTooLarge(size: 11, population: 10)) {
            try TrainingPlan(
                queries: queries([1]), population: 10, policy: policy(.rotation(size: 11)),
                target: try target(1))
        }
        #expect(throws: TrainingPlanError.tooFewDevices(1)) {
            try TrainingPlan(
                queries: queries([1]), population: 1, policy: policy(.everyone),
                target: try target(1))
        }
        #expect(throws: TrainingPlanError.rateTooLow(rate: 0.01, population: 50)) {
            try TrainingPlan(
                queries: queries([1]), population: 50, policy: policy(.coins(rate: 0.01)),
                target: try target(1))
        }
    }

    @Test func `an account reports what any device within the claim may have spent`() throws {
        var account = try PrivacyAccount(
            task: LedgerTask(
                name: "training", purpose: "", rounds: 9, population: 4,
                policy: policy(.rotation(size: 2)), target: try target(4)),
            noise: .discreteGaussian)
        account.begin()
        try account.charge(rho: 0.1, devices: [0, 1])
        let once = try account.spent
        account.begin()
        try account.charge(rho: 0.1, devices: [2, 3])
        #expect(try account.spent == once)
        account.begin()
        try account.charge(rho: 0.05, devices: [1])
        let more = try account.spent
        #expect(more.epsilonCoordinator > once.epsilonCoordinator)
        // The dearest two of the three rounds, whoever was in them.
        let worst = try account.distribution.worst
        #expect(more.epsilonCoordinator > worst)
    }
}

@Suite struct RoundTrafficTests {
    /// 1,024 devices, 2^20 values of 16 significant bits: sums take 26 bits a value. Bonawitz et
    /// al. (CCS 2017, section 8) need 1.73 times the plain size at this point.
    @Test func `an upload takes at most 1.70 times the plain size`() throws {
        let count = 1 << 20
        let name = [UInt8](repeating: 0, count: 32)
        for (corrupt, lost) in [(0.05, 0.1), (0.05, 0.3), (0.2, 0.2)] {
            let parameters = try AggregationParameters(
                session: name, round: 0, rosterRoot: name, purpose: name, cohortSize: 1024,
                vectorLength: count, modulusBits: 26,
                graph: try GraphSecurity.choose(
                    cohortSize: 1024, corruptShare: corrupt, dropoutShare: lost),
                committee: try CommitteeSecurity.choose(
                    cohortSize: 1024, corruptShare: corrupt, dropoutShare: lost),
                minimumSurvivors: 600)
            let traffic = RoundTraffic(broadcastByteCount: 0, parameters: parameters)
            #expect(Double(traffic.up) < 1.70 * Double(2 * count))
            #expect(Double(traffic.up) > 1.62 * Double(2 * count))
        }
    }
}
