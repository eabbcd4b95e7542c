internal import Coordinator
internal import Simulation

/// One task with all that is known of its rounds.
struct TaskPage {
    /// A figure with what it is.
    struct Fact {
        let name: String
        let value: String
        let note: String
    }

    /// A step of the round under way.
    struct StepView {
        let id: String
        let name: String
        let meaning: String
        let result: String
        let isDone: Bool
        let isNow: Bool
    }

    /// The round under way.
    struct CurrentRound {
        let number: String
        let query: String
        let state: StateBadge
        let invited: String
        let began: TimeText
        let steps: [StepView]
    }

    /// Why rounds were abandoned.
    struct Abort {
        let reason: String
        let rounds: String
        let count: String
    }

    let name: String
    let state: StateBadge
    let announcement: String
    let algorithm: String
    let devices: String
    let reason: [String]
    let progress: TaskProgress
    let facts: [Fact]
    let model: [Listing]
    let modelPath: [String]
    let current: [CurrentRound]
    let figures: [ChartFigure]
    let hasFigures: Bool
    let noQuality: [EmptyState]
    let aborts: [Abort]
    let hasAborts: Bool
    let rounds: [RoundRow]
    let hasRounds: Bool
    let isCut: Bool
    let meanings = StateBadge.rounds

    init(_ task: CoordinatorOverview.Task, in overview: CoordinatorOverview) {
        name = task.name
        state = .task(task)
        announcement = "Task \(task.name) is \(task.state)."
        algorithm = task.algorithm
        devices = NumberText.count(task.devices, "device", "devices")
        reason = task.reason.isEmpty ? [] : [task.reason]
        progress = TaskProgress(task, population: overview.population)
        facts = Self.facts(of: task)
        model = task.modelHash.map { [.init(id: "model-hash", name: "hash", text: $0)] } ?? []
        modelPath = task.modelHash == nil ? [] : ["/v1/models/\(task.name)"]
        current =
            task.latest.last(where: \.isUnderWay).map {
                [Self.current($0, now: overview.time)]
            } ?? []
        figures = Self.figures(of: task, budget: overview.budget)
        hasFigures = !figures.isEmpty
        noQuality = Self.noQuality(task)
        aborts = Self.aborts(of: task.latest)
        hasAborts = !aborts.isEmpty
        rounds = task.latest.reversed().map {
            RoundRow($0, now: overview.time, announces: task.name)
        }
        hasRounds = !rounds.isEmpty
        isCut = task.roundsBegun > task.latest.count
    }

    private static func facts(of task: CoordinatorOverview.Task) -> [Fact] {
        let abandoned = task.latest.count { $0.state == "abandoned" }
        let charged = task.latest.last { $0.epsilonCoordinator > 0 }
        return [
            .init(
                name: "Queries answered", value: NumberText.count(task.queriesDone),
                note: "of \(NumberText.count(task.queries))"),
            .init(
                name: "Rounds begun", value: NumberText.count(task.roundsBegun),
                note: "of \(NumberText.count(task.rounds)) announced; "
                    + "\(NumberText.count(abandoned)) abandoned lately"),
            .init(
                name: "Epsilon of this task", value: NumberText.fixed(task.epsilonSpent),
                note: "of \(NumberText.fixed(task.epsilon)) that it may spend"),
            .init(
                name: "Epsilon, coordinator", value: NumberText.fixed(charged?.epsilonCoordinator),
                note: "of all tasks, after its last charged round"),
            .init(
                name: "Epsilon, observers", value: NumberText.fixed(charged?.epsilonObserver),
                note: "of all tasks, after its last charged round"),
        ]
            + task.lastQuality.prefix(2).map {
                .init(
                    name: $0.metric, value: NumberText.fixed($0.value),
                    note: "after " + NumberText.count($0.queriesDone, "query", "queries"))
            }
    }

    private static func current(_ round: CoordinatorOverview.Round, now: Int64) -> CurrentRound {
        let place = round.step.flatMap(RoundStep.init).flatMap(RoundStep.allCases.firstIndex) ?? -1
        let steps = RoundStep.allCases.enumerated().map { index, step in
            let devices = step.survivors(of: round).map {
                "\(NumberText.count($0)) of \(NumberText.count(round.invited))"
            }
            let time = step.milliseconds(of: round).map {
                NumberText.duration(Double(max(0, $0)) / 1000)
            }
            return StepView(
                id: "step-\(step.rawValue)", name: step.rawValue, meaning: step.meaning,
                result: [devices, time].compactMap { $0 }.joined(separator: ", "),
                isDone: index < place, isNow: index == place)
        }
        return .init(
            number: NumberText.count(round.ordinal), query: round.query,
            state: .round(round.state), invited: NumberText.count(round.invited),
            began: TimeText(round.began, beside: now), steps: steps)
    }

    private static func noQuality(_ task: CoordinatorOverview.Task) -> [EmptyState] {
        guard task.quality.isEmpty, task.queriesDone > 0 else { return [] }
        return [
            .init(
                text: "How good the models are is measured elsewhere, by who has held-out data; "
                    + "covey-fleet does it along the way. To report a figure:",
                commands: [
                    .init(
                        id: "report-quality", name: "command",
                        text: "covey-coordinator quality report \(ShellWord.quoted(task.name)) "
                            + "--queries-done \(task.queriesDone) --metric HR@10 --value 0.5")
                ])
        ]
    }

    /// The reasons among the latest rounds, the most frequent first.
    private static func aborts(of rounds: [CoordinatorOverview.Round]) -> [Abort] {
        let abandoned = rounds.filter { $0.state == "abandoned" }
        return Dictionary(grouping: abandoned, by: \.reason)
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
            .map { reason, rounds in
                .init(
                    reason: reason.isEmpty ? "no reason given" : reason,
                    rounds: rounds.map { NumberText.count($0.ordinal) }.joined(separator: ", "),
                    count: NumberText.count(rounds.count))
            }
    }
}
