internal import Coordinator

extension PrometheusText {
    /// What the service counts.
    ///
    /// - Parameter memory: The bytes that are taken now, by what for.
    mutating func add(
        _ figures: ServiceMetrics.Figures, memory: KeyValuePairs<String, Int>
    ) {
        begin("covey_requests_total", .counter, "Requests by what was called and the HTTP status.")
        for (answer, count) in figures.answers.sorted(by: { $0.key < $1.key }) {
            sample(
                "covey_requests_total", ["call": answer.call, "status": "\(answer.status)"],
                Double(count))
        }
        let latency = "covey_request_duration_seconds"
        begin(latency, .histogram, "Time from the head of a request to its answer.")
        for (call, latencies) in figures.latencies.sorted(by: { $0.key < $1.key }) {
            samples(latency, [("call", call)], latencies)
        }
        begin("covey_received_bytes_total", .counter, "Bytes of request bodies.")
        for (call, bytes) in figures.received.sorted(by: { $0.key < $1.key }) {
            sample("covey_received_bytes_total", ["call": call], Double(bytes))
        }
        single(
            "covey_connections", .gauge, "Connections that are open.",
            Double(figures.openConnections))
        single(
            "covey_connections_total", .counter, "Connections accepted.",
            Double(figures.connections))
        single(
            "covey_connections_refused_total", .counter,
            "Connections closed at once, as their address has enough of them.",
            Double(figures.refusedConnections))
        single(
            "covey_timeouts_total", .counter, "Connections closed for lack of progress.",
            Double(figures.timeouts))
        begin("covey_memory_bytes", .gauge, "Bytes taken by what is under way, of those allowed.")
        for (use, bytes) in memory {
            sample("covey_memory_bytes", ["for": use], Double(bytes))
        }
    }

    /// What the store takes its time for.
    mutating func add(commitTimes: Latencies) {
        let name = "covey_store_commit_duration_seconds"
        begin(name, .histogram, "Time until a change is durable in the store.")
        samples(name, [], commitTimes)
    }

    /// What the coordinator says of itself.
    mutating func add(_ overview: CoordinatorOverview) {
        single(
            "covey_ledger_entries", .gauge, "Entries of the ledger.",
            Double(overview.ledgerEntries))
        begin("covey_epsilon", .gauge, "What the ledger has spent, and may.")
        sample("covey_epsilon", ["of": "coordinator"], overview.budget.epsilonCoordinator)
        sample("covey_epsilon", ["of": "observer"], overview.budget.epsilonObserver)
        sample("covey_epsilon", ["of": "budget"], overview.budget.epsilon)
        begin("covey_devices", .gauge, "Devices by what they do.")
        sample("covey_devices", ["state": "enrolled"], Double(overview.population.enrolled))
        sample("covey_devices", ["state": "present"], Double(overview.population.present))
        sample("covey_devices", ["state": "in_rounds"], Double(overview.population.inRounds))
        single(
            "covey_replicas", .gauge, "Coordinators that are there.",
            Double(overview.replicas.count))
        begin("covey_task_queries_done", .gauge, "Queries of a task that are answered.")
        for task in overview.tasks {
            sample(
                "covey_task_queries_done", ["task": task.name, "state": task.state],
                Double(task.queriesDone))
        }
        begin("covey_task_rounds_begun", .gauge, "Rounds of a task that were begun.")
        for task in overview.tasks {
            sample("covey_task_rounds_begun", ["task": task.name], Double(task.roundsBegun))
        }
        begin("covey_round_survivors", .gauge, "Devices that answered each step, latest round.")
        for task in overview.tasks {
            guard let round = task.latest.last else { continue }
            for (step, count) in zip(
                ["advertising", "sharing", "masking", "unmasking"], round.survivors)
            {
                sample("covey_round_survivors", ["task": task.name, "step": step], Double(count))
            }
        }
        begin("covey_round_step_seconds", .gauge, "How long each step took, latest round.")
        for task in overview.tasks {
            guard let round = task.latest.last else { continue }
            for (step, milliseconds) in zip(
                ["advertising", "sharing", "masking", "endorsing", "unmasking"],
                round.stepMilliseconds)
            {
                sample(
                    "covey_round_step_seconds", ["task": task.name, "step": step],
                    Double(milliseconds) / 1000)
            }
        }
    }
}

extension ServiceMetrics.Answer: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        (left.call, left.status) < (right.call, right.status)
    }
}
