internal import Coordinator
internal import Simulation

extension TaskPage {
    /// The most metrics that are drawn.
    private static let mostMetrics = 4

    /// The charts for which there are numbers.
    static func figures(
        of task: CoordinatorOverview.Task, budget: CoordinatorOverview.Budget
    ) -> [ChartFigure] {
        let metrics = task.lastQuality.map(\.metric).prefix(mostMetrics)
        return metrics.enumerated().compactMap { quality(of: task, metric: $1, place: $0) }
            + [epsilons(of: task, budget: budget), devices(of: task), times(of: task)]
            .compactMap { $0 }
    }

    private static func quality(
        of task: CoordinatorOverview.Task, metric: String, place: Int
    ) -> ChartFigure? {
        let measured = task.quality.filter { $0.metric == metric }
        guard let last = measured.last else { return nil }
        let best = measured.map(\.value).filter(\.isFinite).max()
        let id = "quality-\(place)"
        let title = "\(metric) over the queries"
        let chart = LineChart(
            id: id, title: title,
            summary: "\(NumberText.fixed(last.value)) after \(NumberText.count(last.queriesDone)) "
                + "queries; at most \(NumberText.fixed(best)).",
            horizontal: "queries answered", vertical: metric,
            domain: 0...Double(max(1, task.queries, measured.map(\.queriesDone).max() ?? 1)),
            series: [
                .init(
                    ink: .private,
                    points: measured.map { .init(x: Double($0.queriesDone), y: $0.value) })
            ])
        guard !chart.isEmpty else { return nil }
        return .init(
            id: id + "-figure", heading: title, svg: chart.svg,
            legend: [LegendItem("\(metric) \(NumberText.fixed(last.value))", .private)],
            remarks: [],
            numbers: [
                .init(
                    caption: title, columns: ["queries answered", metric],
                    rows: measured.map {
                        .init(
                            heading: NumberText.count($0.queriesDone),
                            cells: [NumberText.fixed($0.value)])
                    })
            ])
    }

    private static func epsilons(
        of task: CoordinatorOverview.Task, budget: CoordinatorOverview.Budget
    ) -> ChartFigure? {
        let charged = task.latest.filter { $0.epsilonCoordinator > 0 }
        guard let first = charged.first, let last = charged.last else { return nil }
        func line(_ ink: ChartInk, _ path: KeyPath<CoordinatorOverview.Round, Double>)
            -> LineChart.Series
        {
            .init(
                ink: ink,
                points: charged.map { .init(x: Double($0.ordinal), y: $0[keyPath: path]) },
                isStepped: true)
        }
        let title = "Epsilon over the rounds"
        let spent = [
            ("against the coordinator", last.epsilonCoordinator, ChartInk.coordinator),
            ("against observers", last.epsilonObserver, .observer),
        ]
        let chart = LineChart(
            id: "epsilon", title: title,
            summary: spent.map { "\(NumberText.fixed($0.1)) \($0.0)" }.joined(separator: ", ")
                + " after round \(NumberText.count(last.ordinal)); the budget is "
                + "\(NumberText.fixed(budget.epsilon)) against the \(budget.against).",
            horizontal: "round", vertical: "epsilon", domain: domain(first, last),
            series: [
                line(.coordinator, \.epsilonCoordinator), line(.observer, \.epsilonObserver),
            ], references: [.init(ink: .planned, value: budget.epsilon)])
        return .init(
            id: "epsilon-figure", heading: title, svg: chart.svg,
            legend: spent.map { LegendItem("\($0.0) \(NumberText.fixed($0.1))", $0.2) }
                + [LegendItem("budget \(NumberText.fixed(budget.epsilon))", .planned)],
            remarks: [
                "Over all tasks of this ledger, at delta \(NumberText.scientific(budget.delta))."
            ],
            numbers: [])
    }

    private static func devices(of task: CoordinatorOverview.Task) -> ChartFigure? {
        let counted = task.latest.filter { !$0.survivors.isEmpty }
        guard let first = counted.first, let last = counted.last else { return nil }
        let inks: [ChartInk] = [.firstStep, .secondStep, .thirdStep, .fourthStep]
        let steps = zip(["advertised keys", "shared keys", "in the sum", "unmasked"], inks)
        let lines = zip(RoundStep.counted, inks).map { step, ink in
            LineChart.Series(
                ink: ink,
                points: counted.map {
                    .init(
                        x: Double($0.ordinal), y: step.survivors(of: $0).map(Double.init) ?? .nan)
                })
        }
        let invited = LineChart.Series(
            ink: .planned,
            points: counted.map { .init(x: Double($0.ordinal), y: Double($0.invited)) })
        let sums = counted.compactMap { RoundStep.masking.survivors(of: $0) }
        let title = "Devices left at each step"
        let chart = LineChart(
            id: "devices", title: title,
            summary: "\(NumberText.count(sums.min() ?? 0)) to \(NumberText.count(sums.max() ?? 0)) "
                + "devices were in a sum, of \(NumberText.count(last.invited)) invited to the last.",
            horizontal: "round", vertical: "devices", domain: domain(first, last),
            series: [invited] + lines, startsAtZero: false, isWhole: true)
        return .init(
            id: "devices-figure", heading: title, svg: chart.svg,
            legend: steps.map { LegendItem($0, $1) } + [LegendItem("invited", .planned)],
            remarks: ["The vertical axis need not start at zero."], numbers: [])
    }

    private static func times(of task: CoordinatorOverview.Task) -> ChartFigure? {
        let title = "Time of the steps"
        let chart = StepTimeChart(id: "times", title: title, rounds: task.latest)
        guard !chart.isEmpty else { return nil }
        return .init(
            id: "times-figure", heading: title, svg: chart.svg,
            legend: StepTimeChart.inks.map { LegendItem($0.step.rawValue, $0.ink, .bar) },
            remarks: ["From the bottom up in the order of the steps."], numbers: [])
    }

    private static func domain(
        _ first: CoordinatorOverview.Round, _ last: CoordinatorOverview.Round
    ) -> ClosedRange<Double> {
        Double(first.ordinal)...Double(max(first.ordinal, last.ordinal))
    }
}
