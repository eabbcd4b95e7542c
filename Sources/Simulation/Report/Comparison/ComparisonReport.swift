internal import FederatedProtocol
internal import PrivacyLedger
internal import Recommender

/// The page that compares runs; it needs nothing else.
struct ComparisonReport {
    let comparison: RunComparison
    private var runs: [RunRecord] { comparison.runs }

    init(_ comparison: RunComparison) { self.comparison = comparison }

    /// The most runs whose rounds are drawn: one for each ink.
    private static var mostDrawn: Int { ChartInk.runs.count }

    func render() -> String {
        ReportTemplate.render(
            ReportPage(
                brand: "Covey comparison", title: HTMLReport.plural(runs.count, "run"),
                status: isFinished ? "finished" : "interrupted", isFinished: isFinished,
                subtitle: runs.map(\.name).joined(separator: " · "), notices: notices,
                keyFigures: [], explanation: explanation,
                sections: [
                    qualitySection, roundsSection, frontierSection, costSection, settingsSection,
                ],
                scenario: [], style: ReportStyle.css))
    }

    private var isFinished: Bool { runs.allSatisfy { $0.result.status == .finished } }

    private var notices: [ReportPage.Notice] {
        let stopped = runs.filter { $0.result.status != .finished }
        guard !stopped.isEmpty else { return [] }
        return [
            .init(
                heading: "Interrupted.",
                text: "Some runs were stopped, and are shown as far as they came. To go on:",
                commands: stopped.map { "covey simulate --resume \(ShellWord.quoted($0.path))" })
        ]
    }

    private var explanation: [ReportPage.Paragraph] {
        [
            .init(
                "Each run trained a model under privacy, which is judged by how well it finds what "
                    + "each person chose next: ranked among a few others drawn at random or, where it "
                    + "says full, among all items that the person does not know. Popularity and "
                    + "training without privacy are references that protect nobody."),
            .init(
                "Epsilon says how much a run could tell of one person, smaller being more private; of "
                    + "runs over the same people that are all released, the epsilons add up."),
        ]
    }

    // Quality.

    private var qualitySection: ReportPage.Section {
        .init(
            id: "quality", title: "Quality", blocks: [.table(qualityTable)] + groupTables,
            isWide: true)
    }

    private var roundsSection: ReportPage.Section {
        let figures = [
            perRound("hit-rate", "Hit rate over the rounds", "hit rate") { $0.sampled.hitRate },
            perRound("ndcg", "NDCG over the rounds", "NDCG") { $0.sampled.ndcg },
        ].compactMap { $0 }
        return .init(id: "rounds", title: "Round by round", blocks: figures.map { .figure($0) })
    }

    private var qualityTable: ReportPage.Table {
        .init(
            "At the end",
            columns: [
                "run", "of first", "HR", "NDCG", "full HR", "full NDCG", "popularity HR",
                "HR without privacy", "coverage", "Gini of exposure",
            ],
            rows: runs.map { run in
                let (quality, references) = (run.quality, run.result.quality)
                return (
                    run.name,
                    [quality.map { "\($0.cutoff)" } ?? NumberText.none]
                        + [
                            quality?.sampled.hitRate, quality?.sampled.ndcg,
                            quality?.full.hitRate, quality?.full.ndcg,
                            references.popularity?.sampled.hitRate,
                            references.nonPrivate?.sampled.hitRate, quality?.coverage,
                            quality?.exposureGini,
                        ].map { NumberText.fixed($0) }
                )
            })
    }

    /// What private sums showed in training, where they were asked, by the length of histories.
    private var groupTables: [ReportPage.Block] {
        let measured = runs.compactMap { run in run.result.quality.measured.map { (run.name, $0) } }
        guard !measured.isEmpty else { return [] }
        return [
            .table(
                .init(
                    "By length of history, as private sums showed it in training",
                    columns: [
                        "run", "lengths", "HR", "from", "to (95 %)", "NDCG", "people, about",
                    ],
                    rows: measured.flatMap { name, measured in
                        ([measured.all] + measured.groups).map { group in
                            (
                                name,
                                [group.lengths]
                                    + [group.hitRate, group.lowest, group.highest, group.ndcg]
                                    .map { NumberText.fixed($0) }
                                    + ["\(Int(group.people.rounded()))"]
                            )
                        }
                    }))
        ]
    }

    private func perRound(
        _ id: String, _ title: String, _ axis: String, value: (RankingQuality) -> Double
    ) -> ReportPage.Figure? {
        let lines = zip(runs, ChartInk.runs).map { run, ink in
            (
                run: run, ink: ink,
                points: run.metrics.compactMap { round in
                    round.quality.map {
                        LineChart.Point(x: Double(round.round + 1), y: value($0))
                    }
                }
            )
        }
        let most = runs.map(\.metrics.count).max() ?? 1
        let chart = LineChart(
            id: id, title: title,
            summary: lines.map { "\($0.run.name): \(NumberText.fixed($0.points.last?.y))" }
                .joined(separator: ", ") + ", at the end.",
            horizontal: "round", vertical: axis, domain: 1...Double(max(2, most)),
            series: lines.map { .init(ink: $0.ink, points: $0.points) })
        guard !chart.isEmpty else { return nil }
        return .init(
            heading: title, svg: chart.svg,
            legend: lines.map {
                LegendItem("\($0.run.name) \(NumberText.fixed($0.points.last?.y))", $0.ink)
            },
            remarks: runs.count > Self.mostDrawn
                ? ["The first \(Self.mostDrawn) of \(runs.count) runs."] : [],
            data: .init(
                title, columns: ["run", "round", axis],
                rows: lines.flatMap { line in
                    line.points.map {
                        (line.run.name, [NumberText.count(Int($0.x)), NumberText.fixed($0.y)])
                    }
                }))
    }

    // What quality costs.

    private var frontierSection: ReportPage.Section {
        let figures = [
            frontier(
                "privacy-frontier", "Hit rate and epsilon", "epsilon against the coordinator",
                text: { NumberText.fixed($0) }, cost: \.result.epsilon.coordinator),
            frontier(
                "bytes-frontier", "Hit rate and what a device sends", "megabytes sent by a device",
                text: { NumberText.fixed($0) },
                cost: { Double($0.result.bytesPerDevice.up) / 1e6 }),
        ].compactMap { $0 }
        return .init(
            id: "frontier", title: "What quality costs",
            paragraphs: [
                "A point is a run. The line goes through those that no other beats: none is at least as "
                    + "good for less."
            ], blocks: figures.map { .figure($0) })
    }

    /// A run as a point: what it costs and how good it is.
    private typealias Offer = (name: String, cost: Double, hitRate: Double)

    private func frontier(
        _ id: String, _ title: String, _ axis: String, text: (Double) -> String,
        cost: (RunRecord) -> Double
    ) -> ReportPage.Figure? {
        let offers: [Offer] = runs.compactMap { run in
            run.quality.map { (run.name, cost(run), $0.sampled.hitRate) }
        }.filter { $0.cost.isFinite && $0.hitRate.isFinite }
        guard let dearest = offers.map(\.cost).max(), dearest > 0 else { return nil }
        let best = Self.unbeaten(offers)
        let chart = LineChart(
            id: id, title: title,
            summary: "Not beaten: "
                + best.map { "\($0.name) (\(text($0.cost)), \(NumberText.fixed($0.hitRate)))" }
                .joined(separator: ", ") + ".",
            horizontal: axis, vertical: "hit rate", domain: 0...dearest * 1.05,
            series: [
                .init(ink: .private, points: best.map { .init(x: $0.cost, y: $0.hitRate) })
            ] + offers.map { .init(ink: .planned, points: [.init(x: $0.cost, y: $0.hitRate)]) },
            isWholeAcross: false)
        return .init(
            heading: title, svg: chart.svg,
            legend: [LegendItem("not beaten", .private), LegendItem("a run", .planned, .bar)],
            remarks: [],
            data: .init(
                title, columns: ["run", axis, "hit rate", "not beaten"],
                rows: offers.map { offer in
                    (
                        offer.name,
                        [
                            text(offer.cost), NumberText.fixed(offer.hitRate),
                            best.contains { $0 == offer } ? "yes" : "",
                        ]
                    )
                }))
    }

    /// Those for which no other is at least as good for less, or better for as much; cheapest first.
    private static func unbeaten(_ offers: [Offer]) -> [Offer] {
        var best: [Offer] = []
        for offer in offers.sorted(by: { ($0.cost, -$0.hitRate) < ($1.cost, -$1.hitRate) })
        where offer.hitRate > best.last?.hitRate ?? -1 {
            best.append(offer)
        }
        return best
    }

    private var costSection: ReportPage.Section {
        .init(
            id: "costs", title: "Costs",
            blocks: [
                .table(
                    .init(
                        "Of each run",
                        columns: [
                            "run", "rounds", "epsilon, coordinator", "epsilon, observers",
                            "delta", "up", "down", "training, processor", "all, wall clock",
                            "memory", "aggregation",
                        ],
                        rows: runs.map { run in
                            let result = run.result
                            return (
                                run.name,
                                [
                                    NumberText.count(result.rounds.done),
                                    NumberText.fixed(result.epsilon.coordinator),
                                    NumberText.fixed(result.epsilon.observer),
                                    NumberText.scientific(result.delta),
                                    NumberText.bytes(result.bytesPerDevice.up),
                                    NumberText.bytes(result.bytesPerDevice.down),
                                    NumberText.duration(result.training.cpuSeconds),
                                    NumberText.duration(result.seconds),
                                    NumberText.bytes(result.peakMemoryBytes), result.aggregation,
                                ]
                            )
                        }))
            ], isWide: true)
    }

    // Settings.

    private var settingsSection: ReportPage.Section {
        let (header, rows) = comparison.differenceTable
        let isSame = comparison.differences.isEmpty
        return .init(
            id: "settings", title: "Settings that differ",
            paragraphs: isSame ? ["None: all runs had the same scenario."] : [],
            blocks: isSame
                ? []
                : [
                    .table(
                        .init(
                            "Of the scenarios", columns: header,
                            rows: rows.map { ($0[0], Array($0.dropFirst())) }, isText: true))
                ], isWide: true)
    }
}

extension RunComparison {
    /// The page, as HTML that loads nothing.
    public var html: String { ComparisonReport(self).render() }
}
