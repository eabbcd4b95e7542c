package import FederatedProtocol
internal import DifferentialPrivacy
internal import Foundation
internal import Logging
internal import PrivacyLedger

extension PopulationCoordinator {
    package func listTasks() async throws(CallError) -> Covey_V1_ListTasksResponse {
        try await refresh()
        var response = Covey_V1_ListTasksResponse()
        for task in try await answering({ try await self.store.tasks() }) {
            response.tasks.append(try await status(of: task))
        }
        return response
    }

    package func getTask(
        _ request: Covey_V1_GetTaskRequest
    ) async throws(CallError) -> Covey_V1_GetTaskResponse {
        try await refresh()
        let stored = try await storedTask(request.name)
        var response = Covey_V1_GetTaskResponse()
        response.status = try await status(of: stored)
        response.scenario = stored.scenario
        response.catalogue.hash = Bytes(stored.catalogue)
        return response
    }

    /// What is told of a task.
    func status(of stored: StoredTask) async throws(CallError) -> Covey_V1_TaskStatus {
        var status = Covey_V1_TaskStatus()
        status.name = stored.name
        status.state =
            switch stored.state {
            case .gathering: .gathering
            case .active: .active
            case .paused: .paused
            case .finished: .finished
            case .failed: .failed
            }
        status.reason = stored.reason
        status.queriesDone = UInt32(clamping: stored.queriesDone)
        status.devices = UInt64(stored.devices)
        if !stored.model.isEmpty { status.model.hash = Bytes(stored.model) }
        if let index = place(of: stored.name) {
            status.queries = UInt32(clamping: tasks[index].plan.queries.count)
            status.rounds = UInt32(clamping: tasks[index].plan.rounds)
            status.roundsBegun = UInt32(clamping: tasks[index].roundsBegun)
        } else {
            status.rounds = UInt32(clamping: history(of: stored.name).announced?.rounds ?? 0)
        }
        let spent = log.spent
        status.epsilonCoordinator = spent?.epsilonCoordinator ?? 0
        status.epsilonObserver = spent?.epsilonObserver ?? 0
        status.epsilonBudget = configuration.target.budget.epsilon
        status.delta = configuration.target.budget.delta
        return status
    }

    package nonisolated var commitTimes: Latencies { store.commitTimes }

    package func readiness() async -> Readiness {
        do { try await store.check() } catch {
            logger.error("the store cannot be written", metadata: ["reason": "\(error)"])
            return Readiness(isReady: false, reason: CallError(error).message)
        }
        if isDraining { return Readiness(isReady: false, reason: "this coordinator is going down") }
        guard lease != nil || leader != nil else {
            return Readiness(isReady: false, reason: "no coordinator leads yet")
        }
        return Readiness(isReady: true)
    }
}
