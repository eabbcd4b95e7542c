package import FederatedProtocol
internal import DifferentialPrivacy
internal import Foundation
internal import Logging
internal import PrivacyLedger
internal import Recommender
internal import Simulation
internal import Sodium

extension PopulationCoordinator {
    /// Only the leader decides; the others say who that is.
    private func requireLead() throws(CallError) {
        guard lease == nil else { return }
        throw CallError(
            .unavailable,
            leader.map { "another coordinator leads; ask \($0.url)" }
                ?? "no coordinator leads yet; try again in some seconds")
    }

    package func createTask(
        _ request: Covey_V1_CreateTaskRequest
    ) async throws(CallError) -> Covey_V1_CreateTaskResponse {
        try requireLead()
        let stored: StoredTask
        let task: RunningTask
        do {
            (stored, task) = try makeTask(of: request)
        } catch let error as CallError { throw error } catch {
            throw CallError(.invalidArgument, "\(error)")
        }
        try await answering {
            try await self.write {
                if let index = self.place(of: stored.name) {
                    guard self.tasks[index].stored.isRequestedAgain(by: stored) else {
                        throw CallError(
                            .alreadyExists, "there is another task \(stored.name.debugDescription)")
                    }
                    return nil
                }
                return Writing(changes: [
                    .putSnapshot(hash: stored.catalogue, bytes: [UInt8](request.catalogue)),
                    .putTask(stored),
                ])
            } applying: {
                self.tasks.append(task)
                self.logger.info("task created", metadata: ["task": "\(stored.name)"])
            }
        }
        return try await response(to: request.name)
    }

    private func response(to name: String) async throws(CallError) -> Covey_V1_CreateTaskResponse {
        var response = Covey_V1_CreateTaskResponse()
        response.status = try await status(of: try await storedTask(name))
        return response
    }

    private func makeTask(
        of request: Covey_V1_CreateTaskRequest
    ) throws -> (StoredTask, RunningTask) {
        let allowed = request.name.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
        }
        guard (1...100).contains(request.name.utf8.count), allowed else {
            throw CallError(
                .invalidArgument, "a task's name has 1 to 100 letters, digits and -_. only")
        }
        let scenario = try Scenario(
            yaml: request.scenario, source: "the scenario", overrides: ["aggregation=real"])
        let catalogue = try CatalogueLines.decode(request.catalogue)
        var random = SystemRandomness()
        var seed = [UInt8](repeating: 0, count: 32)
        random.fill(&seed)
        let stored = StoredTask(
            name: request.name, state: .gathering, scenario: scenario.resolvedYAML,
            devices: Int(clamping: request.devices),
            catalogue: BLAKE2b.hash([UInt8](request.catalogue)), seed: seed, created: clock.wall())
        let task = try RunningTask(
            stored: stored,
            algorithm: try TaskAlgorithm(
                scenario: scenario, catalogue: catalogue, devices: stored.devices))
        try check(task)
        return (stored, task)
    }

    /// Checks that a task can keep to what the ledger's opening promises.
    private func check(_ task: RunningTask) throws(CallError) {
        guard let opening = log.opening else { return }
        let policy = task.announced.policy
        if opening.neighbouring == .addOrRemoveOne, policy.neighbouring != .addOrRemoveOne {
            throw CallError(
                .invalidArgument,
                "the ledger protects under \(opening.neighbouring.rawValue), and a cohort of a fixed "
                    + "size does not; use cohort.selection everyone or coins")
        }
        let (budget, asked) = (opening.target.budget, task.announced.target.budget.epsilon)
        guard asked <= budget.epsilon * (1 + 1e-9) else {
            throw CallError(
                .invalidArgument,
                "privacy.epsilon \(asked) is more than the \(budget.epsilon) that this ledger may "
                    + "ever spend: lower it with --set privacy.epsilon=\(budget.epsilon), or begin a "
                    + "new store with another ledger.epsilon")
        }
        do { try refuseIfTooDear(task, rho: task.plan.rho[0], countingOthers: false) } catch {
            throw CallError(
                .failedPrecondition,
                "not even one round of this task fits into what other tasks have left of the "
                    + "ledger's epsilon \(budget.epsilon): \(error)")
        }
        // A first round that could be planned shows that cohort, noise and masks fit together.
        do {
            let invited = policy.fewestInvited(of: task.stored.devices)
            let sum = try task.plan.sumPlan(
                round: 0, query: task.algorithm.queries[0], invited: invited)
            _ = try task.plan.traffic(of: sum, query: task.algorithm.queries[0])
        } catch { throw CallError(.invalidArgument, "\(error)") }
    }

    package func changeTask(
        _ request: Covey_V1_ChangeTaskRequest
    ) async throws(CallError) -> Covey_V1_ChangeTaskResponse {
        try requireLead()
        guard place(of: request.name) != nil else {
            _ = try await storedTask(request.name)
            throw CallError(
                .failedPrecondition,
                "this coordinator cannot read the task; its log says why")
        }
        try await answering {
            try await self.change(request.name) { stored in
                try stored.take(request.change)
            } applying: {
                self.logger.info(
                    "task changed",
                    metadata: ["task": "\(request.name)", "change": "\(request.change)"])
            }
        }
        var response = Covey_V1_ChangeTaskResponse()
        response.status = try await status(of: try await storedTask(request.name))
        return response
    }

    package func createEnrolmentTokens(
        _ request: Covey_V1_CreateEnrolmentTokensRequest
    ) async throws(CallError) -> Covey_V1_CreateEnrolmentTokensResponse {
        guard (1...100_000).contains(request.count) else {
            throw CallError(.invalidArgument, "1 to 100000 tokens can be made at once")
        }
        guard (1...10 * 365 * 86_400).contains(request.validSeconds) else {
            throw CallError(.invalidArgument, "tokens are good for 1 second to 10 years")
        }
        var random = SystemRandomness()
        let tokens = (0..<request.count).map { _ in EnrolmentTokens.make(from: &random) }
        let expiry = clock.wall() + Int64(request.validSeconds) * 1000
        try await answering {
            try await self.store.addEnrolmentTokens(
                hashes: tokens.map { EnrolmentTokens.hash($0) }, expiry: expiry)
        }
        var response = Covey_V1_CreateEnrolmentTokensResponse()
        response.tokens = tokens
        return response
    }

    package func reportQuality(
        _ request: Covey_V1_ReportQualityRequest
    ) async throws(CallError) -> Covey_V1_ReportQualityResponse {
        try requireLead()
        guard let index = place(of: request.task) else {
            throw CallError(.notFound, "no task \(request.task.debugDescription)")
        }
        guard request.value.isFinite, (1...40).contains(request.metric.utf8.count),
            Int(request.queriesDone) <= tasks[index].plan.queries.count
        else {
            throw CallError(
                .invalidArgument,
                "a figure has a name of 1 to 40 bytes, a finite value and a number of queries that "
                    + "the task has")
        }
        let figure = QualityFigure(
            queriesDone: Int(request.queriesDone), metric: request.metric, value: request.value,
            time: clock.wall())
        let name = request.task
        try await answering {
            try await self.write {
                Writing(changes: [.putQuality(task: name, figure)])
            } applying: {
                guard let index = self.place(of: name) else { return }
                self.tasks[index].note(figure)
            }
        }
        return Covey_V1_ReportQualityResponse()
    }

    package func declare(
        _ request: Covey_V1_DeclareRequest
    ) async throws(CallError) -> Covey_V1_DeclareResponse {
        try requireLead()
        guard let topic = LedgerStatement.Topic(rawValue: request.topic) else {
            throw CallError(
                .invalidArgument,
                "\(request.topic.debugDescription) is no topic; there are "
                    + LedgerStatement.Topic.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let content = LedgerEntry.Content.statement(
            LedgerStatement(topic: topic, text: request.text))
        do {
            try await write {
                Writing(entries: [content])
            } applying: {
            }
        } catch LedgerError.unencodable {
            throw CallError(.invalidArgument, "\(LedgerError.unencodable)")
        } catch { throw CallError(error) }
        var response = Covey_V1_DeclareResponse()
        response.index = UInt64(log.position(of: content) ?? 0)
        return response
    }
}

extension StoredTask {
    /// Whether a request for a new task asks for this one.
    fileprivate func isRequestedAgain(by other: StoredTask) -> Bool {
        scenario == other.scenario && devices == other.devices && catalogue == other.catalogue
    }

    /// Changes the state as an operator wishes.
    fileprivate mutating func take(
        _ change: Covey_V1_ChangeTaskRequest.Change
    ) throws(CallError) {
        switch (change, state) {
        case (.pause, .active), (.pause, .paused): state = .paused
        case (.resume, .paused), (.resume, .active): state = .active
        case (.end, .finished), (.end, .failed): break
        case (.end, _):
            state = .finished
            reason = "ended by the operator"
        case (.unspecified, _), (.UNRECOGNIZED, _):
            throw CallError(.invalidArgument, "say whether to pause, resume or end the task")
        default:
            throw CallError(
                .failedPrecondition, "a task that is \(state.rawValue) cannot be \(change)d")
        }
    }
}
