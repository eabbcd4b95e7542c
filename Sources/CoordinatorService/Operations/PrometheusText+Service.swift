internal import Coordinator

extension PrometheusText {
    /// What the service counts.
    mutating func add(_ figures: ServiceMetrics.Figures, uploadBytes: Int) {
        begin("covey_requests_total", .counter, "Requests by what was called and the HTTP status.")
        for (answer, count) in figures.answers.sorted(by: { $0.key < $1.key }) {
            sample(
                "covey_requests_total", ["call": answer.call, "status": "\(answer.status)"],
                Double(count))
        }
        let latency = "covey_request_duration_seconds"
        begin(latency, .histogram, "Time from the head of a request to its answer.")
        for (call, latencies) in figures.latencies.sorted(by: { $0.key < $1.key }) {
            var total = 0
            for (bound, count) in zip(ServiceMetrics.Latencies.bounds, latencies.counts) {
                total += count
                sample("\(latency)_bucket", ["call": call, "le": "\(bound)"], Double(total))
            }
            total += latencies.counts.last ?? 0
            sample("\(latency)_bucket", ["call": call, "le": "+Inf"], Double(total))
            sample("\(latency)_sum", ["call": call], latencies.sum)
            sample("\(latency)_count", ["call": call], Double(total))
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
            "covey_timeouts_total", .counter, "Connections closed for lack of progress.",
            Double(figures.timeouts))
        single(
            "covey_upload_bytes", .gauge, "Bytes reserved for masked inputs that are under way.",
            Double(uploadBytes))
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
