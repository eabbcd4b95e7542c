internal import Coordinator
internal import Simulation

/// A task in a few lines.
struct TaskCard {
    let id: String
    let name: String
    let path: String
    let state: StateBadge
    /// For screen readers, when it changes.
    let announcement: String
    let reason: [String]
    let algorithm: String
    let progressText: String
    let progressBar: String
    /// What goes on now.
    let now: String
    let quality: [String]
    let strip: [String]

    init(
        _ task: CoordinatorOverview.Task, place: Int, population: CoordinatorOverview.Population
    ) {
        id = "task-\(place)"
        name = task.name
        path = DashboardRoute.task(task.name).path
        state = .task(task)
        announcement = "Task \(task.name) is \(task.state)."
        reason = task.reason.isEmpty ? [] : [task.reason]
        algorithm = task.algorithm
        let progress = TaskProgress(task, population: population)
        progressText = progress.text
        progressBar = progress.bar
        now = progress.now
        quality = task.lastQuality.map {
            "\($0.metric) \(NumberText.fixed($0.value)) after "
                + NumberText.count($0.queriesDone, "query", "queries")
        }
        strip = task.latest.isEmpty ? [] : [RoundStrip(rounds: task.latest).svg]
    }
}

/// How far a task is.
struct TaskProgress {
    let text: String
    let bar: String
    /// What goes on now.
    let now: String

    init(_ task: CoordinatorOverview.Task, population: CoordinatorOverview.Population) {
        if task.state == "gathering" {
            let here = min(population.enrolled, task.devices)
            text =
                "\(NumberText.count(here)) of \(NumberText.count(task.devices)) devices enrolled"
            bar =
                ShareBar(
                    parts: [(Double(here) / Double(max(1, task.devices)), "part-waiting")],
                    description: text
                ).svg
            now = "The first round begins when all are."
            return
        }
        text =
            "\(NumberText.count(task.queriesDone)) of \(NumberText.count(task.queries)) queries"
        bar =
            ShareBar(
                parts: [
                    (Double(task.queriesDone) / Double(max(1, task.queries)), "part-done")
                ], description: text + " answered"
            ).svg
        if let round = task.latest.last(where: \.isUnderWay) {
            let query = round.query.isEmpty ? "" : " (\(round.query))"
            now = "Round \(NumberText.count(round.ordinal))\(query): \(round.progress)"
        } else if task.state == "active" {
            now = "Between rounds"
        } else {
            now = NumberText.count(task.roundsBegun, "round", "rounds") + " begun"
        }
    }
}

extension CoordinatorOverview.Task {
    /// The last figure of every metric, by its name.
    var lastQuality: [CoordinatorOverview.Quality] {
        var last: [String: CoordinatorOverview.Quality] = [:]
        for figure in quality { last[figure.metric] = figure }
        return last.values.sorted { $0.metric < $1.metric }
    }
}
