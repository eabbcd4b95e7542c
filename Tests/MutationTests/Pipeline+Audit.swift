import DifferentialPrivacy
import PrivacyAudit
import PrivateAggregation
import PrivacyLedger

/// The empirical audit: how much the releases say about each canary, against what they may say.
extension Pipeline {
    /// Three bounds are looked at, each above the true epsilon with a probability of 1e-3 at most.
    static let confidence = 0.999

    /// What is measured: the best bound for scores of the canaries.
    func measuredEpsilon(_ rounds: [Round]) throws -> Double {
        let canaries = (0..<Self.canaries).map { canary in
            var score = 0.0
            let place = Self.firstCoordinate + 2 * canary
            for (number, round) in rounds.enumerated() {
                for values in round.published {
                    let along =
                        signs[canary].0 * values[place]
                        + signs[canary].1 * values[place + 1]
                    score += sign(of: number) * Double(along)
                }
            }
            return (score: score, isIncluded: coins[canary])
        }
        let level = try AuditLevel(delta: Self.delta, confidence: Self.confidence)
        let methods: Set<AuditBound.Method> = [
            .normalShift, .normalShiftEstimatedNull, .oneRunGaussian,
        ]
        let bounds = try CanaryScores(canaries).bounds(at: level).filter {
            methods.contains($0.method)
        }
        return bounds.map(\.epsilon).max() ?? 0
    }

    /// What is claimed: the epsilon of the rounds that the ledger has charged, worked out anew from
    /// its plans, so that wrong figures do not move it.
    func accountedEpsilon(_ contents: [LedgerEntry.Content]) throws -> Double {
        var account = PopulationAccount(delta: Self.delta, neighbouring: policy.neighbouring)
        account.open(task: Self.task, population: population, policy: policy)
        var plan: PrivateSumPlan?
        for content in contents {
            switch content {
            case .plan(let round):
                plan = round.sum
                account.begin(task: Self.task)
            case .charge(let charge):
                guard let plan, let survivors = charge.survivors.last else { continue }
                try account.charge(
                    task: Self.task, rho: try plan.achievedNoise(survivors: survivors).rho,
                    noise: plan.noise)
            default: break
            }
        }
        let spent = try account.spent
        if case .coins = policy.selection { return spent.epsilonObserver }
        return spent.epsilonCoordinator
    }

    /// Whether more is measured than was claimed.
    func auditAlarms(_ rounds: [Round], _ contents: [LedgerEntry.Content]) throws -> Set<Alarm> {
        try measuredEpsilon(rounds) > accountedEpsilon(contents) ? [.audit] : []
    }
}
