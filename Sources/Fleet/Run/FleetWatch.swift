internal import FederatedProtocol
internal import Simulation

/// Follows a coordinator's tasks while a fleet runs: says when it is time to stop, and reports the
/// quality of models on the way.
struct FleetWatch: Sendable {
    let client: CoordinatorClient
    let judge: ModelJudge
    let end: FleetOptions.End
    let administratorToken: String?
    let interruption: Interruption
    let report: @Sendable (String) -> Void

    private static let pace = Duration.seconds(1)

    /// Returns when the run is over.
    func untilEnd() async throws {
        try await RunEnd(interruption: interruption, limit: end.limit).cutting {
            var judged: [String: UInt32] = [:]
            while try await !isTaskOver(&judged) { try await Task.sleep(for: Self.pace) }
        }
    }

    /// Looks at the tasks, where there is a reason to.
    private func isTaskOver(_ judged: inout [String: UInt32]) async throws -> Bool {
        var awaited: String?
        if case .task(let name) = end { awaited = name }
        guard awaited != nil || administratorToken != nil else { return false }
        let tasks: [Covey_V1_TaskStatus]
        do { tasks = try await self.tasks() } catch let error as CallError {
            // A coordinator that is being restarted.
            report("tasks are not known: \(error)")
            return false
        }
        for task in tasks where administratorToken != nil {
            try await reportQuality(of: task, &judged)
        }
        guard let awaited else { return false }
        guard let task = tasks.first(where: { $0.name == awaited }) else {
            throw FleetError.noTask(awaited)
        }
        return task.state == .finished || task.state == .failed
    }

    /// The coordinator's tasks.
    func tasks() async throws -> [Covey_V1_TaskStatus] {
        let answer: Covey_V1_ListTasksResponse = try await client.call(
            .listTasks, Covey_V1_ListTasksRequest())
        return answer.tasks
    }

    /// Judges a task's model as often as its scenario asks for, and tells the coordinator.
    private func reportQuality(
        of task: Covey_V1_TaskStatus, _ judged: inout [String: UInt32]
    ) async throws {
        guard task.hasModel, let administratorToken else { return }
        do {
            let interval = try await judge.tasks.task(task.name).scenario.evaluationInterval
            let every = interval == 0 ? max(1, task.queries / 20) : UInt32(interval)
            let isDue =
                judged[task.name].map {
                    task.queriesDone >= $0 + every
                        || task.queriesDone == task.queries && task.queriesDone > $0
                } ?? true
            guard isDue, let quality = try await judge.judge(task) else { return }
            judged[task.name] = task.queriesDone
            for (metric, value) in quality.metrics {
                var request = Covey_V1_ReportQualityRequest()
                request.task = task.name
                request.queriesDone = task.queriesDone
                request.metric = metric
                request.value = value
                let _: Covey_V1_ReportQualityResponse = try await client.call(
                    .reportQuality, request, bearer: administratorToken)
            }
        } catch {
            // The model may have been replaced meanwhile.
            try Task.checkCancellation()
            report("quality of \(task.name) is not reported: \(error)")
        }
    }
}
