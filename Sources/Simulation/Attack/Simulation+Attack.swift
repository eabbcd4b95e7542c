internal import DifferentialPrivacy
internal import FederatedProtocol
internal import Foundation
internal import PrivacyAudit
internal import PrivacyLedger
internal import Recommender
internal import Sodium

extension Simulation {
    /// Trains as in ``run(in:resuming:)``, with canaries among the devices, and measures what comes
    /// out of it about them. Leaves no files.
    ///
    /// - Parameters:
    ///   - method: The attack.
    ///   - canaries: The number of made-up devices; where real devices are attacked, all of them
    ///     are canaries.
    ///   - confidence: Of each bound, such as 0.95.
    public func attack(
        _ method: AttackResult.Method, canaries: Int, confidence: Double
    ) async throws -> AttackResult {
        let level = try AuditLevel(delta: scenario.target.budget.delta, confidence: confidence)
        return try await attack(makeAlgorithm(), method, count: canaries, level: level)
    }

    private func attack<Algorithm: FederatedAlgorithm>(
        _ algorithm: Algorithm, _ method: AttackResult.Method, count: Int, level: AuditLevel
    ) async throws -> AttackResult {
        let start = ContinuousClock.now
        guard scenario.defence.rule == .none, scenario.adversary.attack == .none else {
            throw ScenarioError.contradiction(
                "an audit attacks trainings with one sum a round and without other adversaries; "
                    + "set defence.rule and adversary.attack to none")
        }
        let canaries =
            switch method {
            case .canaries:
                Canaries(.spikes, first: population.count, count: count, seed: scenario.seed)
            case .oneShot:
                Canaries(.directions, first: population.count, count: count, seed: scenario.seed)
            case .membership:
                Canaries(.users, first: 0, count: population.count, seed: scenario.seed)
            }
        let made = method == .membership ? 0 : count
        let training = try makeTraining(
            algorithm, population.adding(emptyDevices: made), canaries: canaries)
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try RunFolder(creating: folder.path)
        var ledger: PrivacyLedger? = try openLedger(in: files, task: training.task)
        var state = Training<Algorithm>.State(
            algorithm: algorithm,
            account: try PrivacyAccount(task: training.task, noise: scenario.noise),
            canaryLog: CanaryLog(count: canaries.isIncluded.count),
            modelHash: training.task.model)
        observer(.planned(try plan()))
        var privateParameters = try makePrivateParameters(
            of: algorithm, count: training.population.count)
        var cohorts = training.cohorts
        try await training.run(
            &state, &privateParameters, cohorts: &cohorts, ledger: &ledger, folder: files)

        let adversary: PrivacyTarget.Adversary =
            method == .membership ? .observer : .coordinator
        observer(.stage("accounting for what was released"))
        var accountant = PrivacyAccountant(neighbouring: scenario.policy.neighbouring)
        try accountant.compose(LedgerHistory(ledger?.entries ?? []).event(against: adversary))
        let accounted = try accountant.epsilon(delta: level.delta)
        let evidence: Evidence
        switch method {
        case .canaries:
            // Whether a canary was in any round does not depend on its coin.
            let scores = zip(state.canaryLog.scores, canaries.isIncluded).compactMap {
                score, isIncluded in score.map { (score: $0, isIncluded: isIncluded) }
            }
            evidence = .scores(try CanaryScores(scores), isCentred: true)
        case .oneShot:
            evidence = .cosines(
                try CanaryCosines(
                    state.canaryLog.cosines, dimension: state.canaryLog.dimension))
        case .membership:
            observer(.stage("looking for people in the model"))
            let attacker = MembershipAttacker(training: training, algorithm: state.algorithm)
            let scores = try await attacker.scores(of: training.population)
            evidence = .scores(
                try CanaryScores(Array(zip(scores, canaries.isIncluded))), isCentred: false)
        }
        let audit = ContinuousClock.now
        let bounds = evidence.bounds(at: level)
        // Several bounds are compared with the accounted one, so each of them more cautiously.
        let cautious = try AuditLevel(
            delta: level.delta, confidence: 1 - 0.001 / Double(bounds.count))
        let isViolated = evidence.bounds(at: cautious).contains {
            $0.epsilon > accounted.upper
        }
        return AttackResult(
            method: method, scenario: scenario.name, aggregation: scenario.aggregation.rawValue,
            canaries: canaries.isIncluded.count, adversary: adversary.rawValue,
            accounted: accounted, bounds: bounds, estimate: evidence.estimate(delta: level.delta),
            curve: evidence.curve, areaUnderCurve: evidence.areaUnderCurve,
            verdict: isViolated ? .violated : .consistent,
            auditSeconds: (ContinuousClock.now - audit) / .seconds(1),
            seconds: (ContinuousClock.now - start) / .seconds(1))
    }
}

/// What an attack has to judge by.
private enum Evidence {
    /// Scores of canaries included by coins, and whether those of excluded ones are known to have a
    /// mean of 0.
    case scores(CanaryScores, isCentred: Bool)
    case cosines(CanaryCosines)

    /// The most points of a curve.
    private static let mostPoints = 200

    func bounds(at level: AuditLevel) -> [AuditBound] {
        switch self {
        case .scores(let scores, let isCentred):
            scores.bounds(at: level).filter { isCentred || $0.method != .normalShift }
        case .cosines(let cosines): [cosines.bound(at: level)]
        }
    }

    func estimate(delta: Double) -> Double? {
        if case .cosines(let cosines) = self { cosines.estimate(delta: delta) } else { nil }
    }

    var curve: [CanaryScores.CurvePoint] {
        guard case .scores(let scores, _) = self else { return [] }
        let points = scores.curve
        let step = max(1, points.count / Self.mostPoints)
        return points.enumerated().filter { $0.offset % step == 0 }.map(\.element)
            + points.suffix(1)
    }

    var areaUnderCurve: Double? {
        if case .scores(let scores, _) = self { scores.areaUnderCurve } else { nil }
    }
}
