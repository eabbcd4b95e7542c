internal import Coordinator
internal import Simulation

/// Everything at one glance.
struct OverviewPage {
    /// A part of the population.
    struct Group {
        let name: String
        let count: String
        /// The class of its part of the bar.
        let className: String
        let meaning: String
    }

    /// A coordinator of those that share the work.
    struct Replica {
        let name: String
        let isLeader: Bool
    }

    /// A row of the latest rounds.
    struct LatestRound {
        let id: String
        let task: String
        let path: String
        let round: RoundRow
    }

    let origin: String
    let notices: [Notice]
    let enrolled: String
    let devicesBar: String
    let groups: [Group]
    let budget: BudgetView
    let entries: String
    let root: [String]
    let ledgerPath = DashboardRoute.ledger.path
    let tasks: [TaskCard]
    let noTasks: [EmptyState]
    let rounds: [LatestRound]
    let hasRounds: Bool
    let replicas: [Replica]
    let hasReplicas: Bool
    let meanings = StateBadge.rounds

    /// The most rounds in the table.
    private static let most = 10

    init(_ overview: CoordinatorOverview, address: String) {
        origin = overview.origin
        notices = Notice.all(of: overview, address: address)
        enrolled = NumberText.count(overview.population.enrolled)
        (groups, devicesBar) = Self.population(overview.population)
        budget = BudgetView(overview.budget)
        entries = NumberText.count(overview.ledgerEntries)
        root = overview.root.map { [String($0.prefix(16)) + "…"] } ?? []
        tasks = overview.tasks.enumerated().map { place, task in
            TaskCard(task, place: place, population: overview.population)
        }
        noTasks =
            overview.tasks.isEmpty
            ? [
                .init(
                    text: "No task yet. A task is a training, described by a scenario; it begins "
                        + "once enough devices are enrolled. To set one up:",
                    commands: [
                        .init(
                            id: "create-task", name: "command",
                            text: "covey-coordinator task create simulations/quickstart.yaml "
                                + "--devices 1200")
                    ])
            ] : []
        rounds = Self.latest(overview)
        hasRounds = !rounds.isEmpty
        replicas = overview.replicas.map { .init(name: $0, isLeader: $0 == overview.leader) }
        // One coordinator needs no list.
        hasReplicas = replicas.count > 1
    }

    private static func population(
        _ population: CoordinatorOverview.Population
    ) -> (groups: [Group], bar: String) {
        let busy = max(0, population.inRounds)
        let waiting = max(0, population.present - busy)
        let away = max(0, population.enrolled - busy - waiting)
        let whole = max(1, Double(busy) + Double(waiting) + Double(away))
        let groups = [
            Group(
                name: "in rounds", count: NumberText.count(busy), className: "part-busy",
                meaning: "taking part now"),
            Group(
                name: "waiting", count: NumberText.count(waiting), className: "part-waiting",
                meaning: "checked in lately"),
            Group(
                name: "away", count: NumberText.count(away), className: "track",
                meaning: "asleep, offline or in use"),
        ]
        let bar = ShareBar(
            parts: [
                (Double(busy) / whole, "part-busy"), (Double(waiting) / whole, "part-waiting"),
            ], description: groups.map { "\($0.count) \($0.name)" }.joined(separator: ", "))
        return (groups, bar.svg)
    }

    private static func latest(_ overview: CoordinatorOverview) -> [LatestRound] {
        let rounds = overview.tasks.enumerated().flatMap { place, task in
            task.latest.suffix(most).map { (place: place, task: task.name, round: $0) }
        }
        return rounds.sorted {
            ($0.round.began, $0.round.number) > ($1.round.began, $1.round.number)
        }
        .prefix(most)
        .map {
            .init(
                id: "latest-\($0.place)-\($0.round.number)", task: $0.task,
                path: DashboardRoute.task($0.task).path,
                round: RoundRow($0.round, now: overview.time, announces: ""))
        }
    }
}

extension CoordinatorOverview {
    /// The root of the checkpoint, in base64: its third line.
    var root: String? {
        let lines = checkpoint.split(
            separator: "\n", maxSplits: 3, omittingEmptySubsequences: false)
        return lines.count > 2 && !lines[2].isEmpty ? String(lines[2]) : nil
    }
}
