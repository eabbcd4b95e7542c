internal import FederatedProtocol
internal import PrivacyLedger

extension HTMLReport {
    /// The most rounds that are shown one by one.
    static let listedRounds = 12

    /// What the rounds spent, and who was left in them.
    var privacySection: ReportPage.Section {
        let figures = [epsilonPerRound, devicesPerStep].compactMap { $0 }
        return .init(
            id: "privacy", title: "Privacy and participation",
            paragraphs: figures.isEmpty
                ? ["No round was finished, so there is nothing to show."] : [],
            blocks: figures.map { .figure($0) })
    }

    private typealias Adversary = (
        name: String, ink: ChartInk, epsilon: (Spent) -> Double
    )

    /// Those against whom epsilon is drawn: one line where both are always the same.
    private var adversaries: [Adversary] {
        let isSame = ([plan.planned] + metrics.map(\.spent))
            .allSatisfy { $0.epsilonCoordinator == $0.epsilonObserver }
        return isSame
            ? [("coordinator and observers", .coordinator, { $0.epsilonCoordinator })]
            : [
                ("coordinator", .coordinator, { $0.epsilonCoordinator }),
                ("observers", .observer, { $0.epsilonObserver }),
            ]
    }

    private var epsilonPerRound: ReportPage.Figure? {
        guard let last = metrics.last else { return nil }
        let adversaries = adversaries
        let planned = adversaries.map { $0.epsilon(plan.planned) }
        let plannedText =
            "planned " + planned.map { NumberText.fixed($0) }.joined(separator: " and ")
        let title = "Epsilon spent, round by round"
        let chart = LineChart(
            id: "epsilon", title: title,
            summary: "After round \(last.round + 1): "
                + adversaries.map {
                    "\(NumberText.fixed($0.epsilon(last.spent))) against \($0.name)"
                }
                .joined(separator: ", ") + "; \(plannedText).",
            horizontal: "round", vertical: "epsilon",
            domain: 0...Double(max(plan.rounds.count, last.round + 1)),
            series: adversaries.map { adversary in
                .init(
                    ink: adversary.ink,
                    points: [.init(x: 0, y: 0)]
                        + metrics.map {
                            .init(x: Double($0.round + 1), y: adversary.epsilon($0.spent))
                        }, isStepped: true)
            }, references: planned.map { .init(ink: .planned, value: $0) })
        return .init(
            heading: title, svg: chart.svg,
            legend: adversaries.map {
                LegendItem("\($0.name) \(NumberText.fixed($0.epsilon(last.spent)))", $0.ink)
            } + [LegendItem(plannedText, .planned)],
            remarks: [
                "At delta \(NumberText.scientific(result.delta)), for the device that took part most."
            ],
            data: .init(
                title,
                columns: ["round", "query"] + adversaries.map(\.name) + ["noise of the sum"],
                rows: metrics.map { round in
                    (
                        "\(round.round + 1)",
                        [round.query]
                            + adversaries.map { NumberText.fixed($0.epsilon(round.spent)) }
                            + [NumberText.significant(round.noiseStandardDeviation)]
                    )
                }))
    }

    private static let steps: [(name: String, ink: ChartInk)] = [
        ("advertised keys", .firstStep), ("shared keys", .secondStep), ("in the sum", .thirdStep),
        ("unmasked", .fourthStep),
    ]

    private var devicesPerStep: ReportPage.Figure? {
        guard !metrics.isEmpty else { return nil }
        let title = "Devices left at each step"
        let isShort = metrics.count <= Self.listedRounds
        return .init(
            heading: title, svg: isShort ? deviceBars(title) : deviceLines(title),
            legend: Self.steps.map { LegendItem($0.name, $0.ink, isShort ? .bar : .line) }
                + [LegendItem("invited", .planned)],
            remarks: isShort
                ? []
                : ["The vertical axis need not start at zero."]
                    + (roundsPerPoint > 1
                        ? ["A point is the mean of \(roundsPerPoint) rounds."] : []),
            data: .init(
                title, columns: ["round", "invited"] + Self.steps.map(\.name),
                rows: metrics.map { round in
                    (
                        "\(round.round + 1)",
                        [NumberText.count(round.invited)]
                            + Self.steps.indices.map { step in
                                self.devices(of: round, at: step).map { NumberText.count($0) }
                                    ?? NumberText.none
                            }
                    )
                }))
    }

    private func devices(of round: RoundMetrics, at step: Int) -> Int? {
        round.survivors.indices.contains(step) ? round.survivors[step] : nil
    }

    private var participation: String {
        let sums = metrics.compactMap { devices(of: $0, at: 2) }
        guard let least = sums.min(), let most = sums.max() else { return "No devices." }
        let invited = metrics.map(\.invited)
        return
            "Of \(NumberText.count(invited.min() ?? 0)) to \(NumberText.count(invited.max() ?? 0)) "
            + "invited devices, \(NumberText.count(least)) to \(NumberText.count(most)) were in a sum."
    }

    private func deviceBars(_ title: String) -> String {
        let isRoomy = metrics.count <= 3 && metrics.allSatisfy { $0.query.count <= 14 }
        return GroupedBarChart(
            id: "devices", title: title, summary: participation, horizontal: "round",
            vertical: "devices", inks: Self.steps.map(\.ink),
            groups: metrics.map { round in
                .init(
                    label: isRoomy ? "\(round.round + 1) \(round.query)" : "\(round.round + 1)",
                    values: Self.steps.indices.map { devices(of: round, at: $0).map(Double.init) },
                    limit: Double(round.invited))
            }, isWhole: true
        ).svg
    }

    /// How many rounds one point of the devices' lines is the mean of.
    private var roundsPerPoint: Int { (metrics.count + 99) / 100 }

    private func deviceLines(_ title: String) -> String {
        func line(_ ink: ChartInk, _ count: (RoundMetrics) -> Int?) -> LineChart.Series {
            let size = roundsPerPoint
            let points = stride(from: 0, to: metrics.count, by: size).map { start in
                let rounds = metrics[start..<min(start + size, metrics.count)]
                let counts = rounds.compactMap(count).map(Double.init)
                return LineChart.Point(
                    x: Double(rounds.reduce(0) { $0 + $1.round + 1 }) / Double(rounds.count),
                    y: counts.isEmpty ? .nan : counts.reduce(0, +) / Double(counts.count))
            }
            return .init(ink: ink, points: points)
        }
        return LineChart(
            id: "devices", title: title, summary: participation, horizontal: "round",
            vertical: "devices", domain: 1...Double(max(1, metrics.count)),
            series: [line(.planned, \.invited)]
                + Self.steps.enumerated().map { step, style in
                    line(style.ink) { devices(of: $0, at: step) }
                }, startsAtZero: false, isWhole: true
        ).svg
    }
}
