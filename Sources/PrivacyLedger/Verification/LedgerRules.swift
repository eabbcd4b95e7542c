internal import DifferentialPrivacy
internal import PrivateAggregation
internal import Sodium

/// The rules that the entries of a ledger keep, checked in the order of the entries.
struct LedgerRules {
    /// What is wrong, with the position of the entry.
    private(set) var findings: [(kind: LedgerFinding.Kind, entry: Int, message: String)] = []
    private var tasks: [String: TaskState] = [:]
    private var sessions: Set<[UInt8]> = []
    private var opening: LedgerOpening?
    private var account: PopulationAccount?
    private var costs = RoundCosts()
    private var time = Int64.min
    private var position = 0
    /// Recorded epsilons, to be compared with recomputed ones together.
    private var claims: [EpsilonClaim] = []

    /// Figures that are recomputed may differ by rounding.
    static let tolerance = 1e-9

    /// Checks all entries of a ledger.
    mutating func check(_ entries: [LedgerEntry]) {
        if entries.isEmpty { report(.order, "the opening is missing") }
        for (position, entry) in entries.enumerated() {
            self.position = position
            if entry.time < time {
                report(.clock, "the time goes back from \(time) ms to \(entry.time)")
            }
            time = max(time, entry.time)
            check(entry.content)
        }
        for (position, message) in EpsilonClaim.check(claims) {
            findings.append((.epsilon, position, message))
        }
        checkBudgets()
        findings.sort { $0.entry < $1.entry }
    }

    private mutating func report(_ kind: LedgerFinding.Kind, _ message: String) {
        findings.append((kind, position, message))
    }

    private mutating func check(_ content: LedgerEntry.Content) {
        if case .opening(let new) = content {
            guard position == 0 else { return report(.order, "a second opening") }
            opening = new
            account = PopulationAccount(
                delta: new.target.budget.delta, neighbouring: new.neighbouring)
            return
        }
        if position == 0 { report(.order, "the first entry is not the opening") }
        switch content {
        case .opening, .statement: break
        case .task(let task): open(task)
        case .plan(let plan): check(plan)
        case .charge(let charge): check(charge)
        case .outcome(let outcome): check(outcome)
        }
    }

    private mutating func open(_ task: LedgerTask) {
        guard tasks[task.name] == nil else {
            return report(.order, "the task \(task.name.debugDescription) is announced twice")
        }
        if opening?.neighbouring == .addOrRemoveOne, task.policy.neighbouring != .addOrRemoveOne {
            report(
                .cohort, "a fixed cohort protects under \(task.policy.neighbouring.rawValue) only")
        }
        tasks[task.name] = TaskState(task: task, delta: task.target.budget.delta, opening)
        account?.open(task: task.name, population: task.population, policy: task.policy)
    }

    private mutating func check(_ plan: RoundPlan) {
        guard let state = tasks[plan.task] else {
            return report(.order, "a round of \(plan.task.debugDescription), which is no task")
        }
        if let open = state.plan {
            report(.order, "round \(open.round + 1) of \(plan.task) was left without an outcome")
        }
        if plan.round != state.rounds {
            report(
                .order,
                "round \(plan.round + 1) of \(plan.task) where round \(state.rounds + 1) "
                    + "belongs")
        }
        if plan.round >= state.task.rounds {
            report(
                .order,
                "round \(plan.round + 1) of \(plan.task), of which \(state.task.rounds) "
                    + "were announced")
        }
        if !sessions.insert(plan.session).inserted {
            report(.session, "a masked sum had this name before: masks and noise may be the same")
        }
        if plan.modelBefore != state.model {
            report(
                .model,
                "the round starts from model \(hexadecimal(plan.modelBefore.prefix(8))), and "
                    + "\(hexadecimal(state.model.prefix(8))) was the last")
        }
        if opening?.randomness == .operatingSystem, plan.aggregation != .real {
            report(.aggregation, "the sum is \(plan.aggregation.rawValue): nothing masks it")
        }
        if opening?.randomness == .operatingSystem, plan.groups > 1 {
            report(.aggregation, "the cohort is divided into groups, whose members nothing fixes")
        }
        if let complaint = state.task.complaint(of: plan) { report(.cohort, complaint) }
        account?.begin(task: plan.task)
        state.account.begin(task: plan.task)
        state.invited += state.task.invited(by: plan)
        state.begun += 1
        let policy = state.task.policy
        if state.invited
            > policy.mostInvitations(in: state.begun, population: state.task.population)
        {
            report(
                .cohort,
                "\(state.invited) invitations in \(state.begun) rounds are more than the "
                    + "sampling claim allows")
        }
        state.plan = plan
        state.charge = nil
        state.rounds = max(state.rounds, plan.round + 1)
    }

    private mutating func check(_ charge: RoundCharge) {
        guard let state = tasks[charge.task], let plan = state.plan, plan.round == charge.round
        else {
            return report(
                .order,
                "a charge for round \(charge.round + 1) of \(charge.task), which is not "
                    + "planned")
        }
        guard state.charge == nil else {
            return report(.order, "round \(charge.round + 1) of \(charge.task) is charged twice")
        }
        state.charge = charge
        let survivors = charge.survivors.last ?? 0
        let steps = [plan.sum.cohortSize] + charge.survivors
        if !zip(steps, steps.dropFirst()).allSatisfy({ $0 >= $1 }) {
            report(.cohort, "more devices answered a step than the one before: \(steps)")
        }
        guard survivors >= plan.sum.minimumSurvivors, survivors <= plan.sum.cohortSize else {
            return report(
                .cohort,
                "\(survivors) devices in a sum that takes \(plan.sum.minimumSurvivors) to "
                    + "\(plan.sum.cohortSize)")
        }
        let noise = plan.sum.noise
        do {
            let rho = try costs.rho(of: plan.sum, survivors: survivors)
            if !isClose(charge.rho, rho) {
                report(
                    .noise,
                    "the charge is rho \(charge.rho), and with the noise of \(survivors) devices "
                        + "the round costs \(rho)")
            }
            try account?.charge(task: charge.task, rho: rho, noise: noise)
            try state.account.charge(task: charge.task, rho: rho, noise: noise)
        } catch { report(.noise, "the cost of the round has no bound: \(error)") }
        if let account {
            claims.append(
                EpsilonClaim(
                    position: position, spent: charge.spent, composition: account.composition))
        }
    }

    private mutating func check(_ outcome: RoundOutcome) {
        guard let state = tasks[outcome.task], let plan = state.plan, plan.round == outcome.round
        else {
            return report(
                .order,
                "an outcome of round \(outcome.round + 1) of \(outcome.task), which is not "
                    + "planned or is over")
        }
        state.plan = nil
        guard case .completed(let contributors, let noise, let model) = outcome.result else {
            return
        }
        state.model = model
        guard let charge = state.charge else {
            return report(
                .uncharged,
                "round \(outcome.round + 1) of \(outcome.task) was revealed without a "
                    + "charge before")
        }
        let survivors = charge.survivors.last ?? 0
        if contributors != survivors {
            report(
                .cohort, "\(contributors) devices are in the sum, and \(survivors) were charged")
        }
        let expected = plan.sum.sumStandardDeviation(survivors: max(survivors, 1))
        if survivors >= plan.sum.minimumSurvivors, !isClose(noise, expected) {
            report(
                .noise, "the noise of the sum is \(noise), and that of the plan \(expected)")
        }
    }

    private mutating func checkBudgets() {
        func exceeds(_ epsilon: Double, _ budget: PrivacyBudget) -> Bool {
            epsilon > budget.epsilon * (1 + Self.tolerance)
        }
        position = claims.last?.position ?? 0
        if let opening, let spent = try? account?.spent {
            let epsilon = opening.target.limitedEpsilon(of: spent)
            if exceeds(epsilon, opening.target.budget) {
                report(
                    .budget,
                    "epsilon \(epsilon) of all tasks together is over the "
                        + "\(opening.target.budget.epsilon) that a user was promised")
            }
        }
        for state in tasks.values.sorted(by: { $0.task.name < $1.task.name }) {
            guard let spent = try? state.account.spent else { continue }
            let target = state.task.target
            let epsilon = target.limitedEpsilon(of: spent)
            if exceeds(epsilon, target.budget) {
                report(
                    .budget,
                    "epsilon \(epsilon) of \(state.task.name) is over its budget of "
                        + "\(target.budget.epsilon)")
            }
        }
    }

    private func isClose(_ one: Double, _ other: Double) -> Bool {
        other.isFinite && abs(one - other) <= Self.tolerance * abs(other)
    }
}

/// What is known of a task at some point of the ledger; an object, so that a round changes it in
/// place.
private final class TaskState {
    let task: LedgerTask
    /// The round under way.
    var plan: RoundPlan?
    /// Its charge.
    var charge: RoundCharge?
    /// The number that the next round must have.
    var rounds = 0
    /// The plans so far.
    var begun = 0
    /// The invitations of all plans so far.
    var invited = 0
    var model: [UInt8]
    /// What this task alone has spent.
    var account: PopulationAccount

    init(task: LedgerTask, delta: Double, _ opening: LedgerOpening?) {
        self.task = task
        model = task.model
        account = PopulationAccount(
            delta: delta, neighbouring: opening?.neighbouring ?? task.policy.neighbouring)
        account.open(task: task.name, population: task.population, policy: task.policy)
    }
}
