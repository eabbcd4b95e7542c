internal import Recommender

extension HTMLReport {
    /// How good the model is, beside its references and round by round.
    var qualitySection: ReportPage.Section {
        var blocks: [ReportPage.Block] = []
        if let comparison { blocks.append(.figure(comparison)) }
        blocks.append(.table(qualityTable))
        if let measured = result.quality.measured { blocks.append(.table(table(of: measured))) }
        blocks += [
            perRound("hit-rate", "HR@\(cutoff)") { $0.sampled.hitRate },
            perRound("ndcg", "NDCG@\(cutoff)") { $0.sampled.ndcg },
        ].compactMap { $0.map { .figure($0) } }
        return .init(
            id: "quality", title: "Quality",
            paragraphs: [
                "Sampled: each person's next item is ranked among a few others drawn at random. Full: "
                    + "among all items that the person does not know. Popularity and training "
                    + "without privacy are references that protect nobody."
            ], blocks: blocks)
    }

    /// What private sums showed while training, by the length of histories.
    private func table(of measured: MeasuredQuality) -> ReportPage.Table {
        .init(
            "As private sums showed it in training",
            columns: [
                "lengths of histories", "HR@\(measured.cutoff)", "from", "to (95 %)",
                "NDCG@\(measured.cutoff)", "people, about",
            ],
            rows: ([measured.all] + measured.groups).map { group in
                (
                    group.lengths,
                    [group.hitRate, group.lowest, group.highest, group.ndcg].map {
                        NumberText.fixed($0)
                    } + ["\(Int(group.people.rounded()))"]
                )
            })
    }

    private typealias Reading = (name: String, value: (RankingQuality) -> Double)

    private var references: [(name: String, ink: ChartInk, quality: RankingQuality?)] {
        [
            ("popularity", .popularity, result.quality.popularity),
            ("without privacy", .withoutPrivacy, result.quality.nonPrivate),
        ]
    }

    private var comparison: ReportPage.Figure? {
        let columns = [("private", ChartInk.private, lastQuality?.quality)] + references
        let present = columns.filter { $0.2 != nil }
        let readings: [Reading] = [
            ("HR", { $0.sampled.hitRate }), ("NDCG", { $0.sampled.ndcg }),
            ("HR, full", { $0.full.hitRate }), ("NDCG, full", { $0.full.ndcg }),
        ]
        func values(_ reading: Reading) -> [Double?] { present.map { $0.2.map(reading.value) } }
        let title = "Private and references, first \(cutoff) items"
        let chart = GroupedBarChart(
            id: "comparison", title: title,
            summary: readings.map { reading in
                "\(reading.name): "
                    + zip(present, values(reading)).map { "\($0.0) \(NumberText.fixed($1))" }
                    .joined(separator: ", ")
            }.joined(separator: ". ") + ".",
            vertical: "share, 0 to 1", inks: present.map { $0.1 },
            groups: readings.map { .init(label: $0.name, values: values($0)) })
        guard present.count > 1, !chart.isEmpty else { return nil }
        return .init(
            heading: title, svg: chart.svg, legend: present.map { LegendItem($0.0, $0.1, .bar) },
            remarks: [],
            data: .init(
                title, columns: ["metric"] + present.map { $0.0 },
                rows: readings.map { reading in
                    (
                        "\(reading.name)", values(reading).map { NumberText.fixed($0) }
                    )
                }))
    }

    private func perRound(
        _ id: String, _ name: String, value: (RankingQuality) -> Double
    ) -> ReportPage.Figure? {
        let measured = metrics.compactMap { round in
            round.quality.map { (round: round.round + 1, value: value($0)) }
        }
        let lines = references.compactMap { reference in
            reference.quality.map { (reference.name, reference.ink, value($0)) }
        }
        let title = "\(name) over the rounds"
        let chart = LineChart(
            id: id, title: title, summary: summary(of: measured, lines: lines),
            horizontal: "round", vertical: name, domain: 1...Double(max(1, plan.rounds.count)),
            series: [
                .init(
                    ink: .private, points: measured.map { .init(x: Double($0.round), y: $0.value) })
            ], references: lines.map { .init(ink: $0.1, value: $0.2) })
        guard !chart.isEmpty else { return nil }
        return .init(
            heading: title, svg: chart.svg,
            legend: [LegendItem("private \(NumberText.fixed(measured.last?.value))", .private)]
                + lines.map { LegendItem("\($0.0) \(NumberText.fixed($0.2))", $0.1) },
            remarks: [],
            data: .init(
                title, columns: ["round", "private"] + lines.map(\.0),
                rows: measured.map { point in
                    (
                        "\(point.round)",
                        [NumberText.fixed(point.value)] + lines.map { NumberText.fixed($0.2) }
                    )
                }))
    }

    private func summary(
        of measured: [(round: Int, value: Double)], lines: [(String, ChartInk, Double)]
    ) -> String {
        guard let first = measured.first, let last = measured.last else { return "No values." }
        var texts = ["\(NumberText.fixed(first.value)) after round \(first.round)"]
        if last.round != first.round {
            texts.append("\(NumberText.fixed(last.value)) after round \(last.round)")
        }
        if let best = measured.max(by: { $0.value < $1.value }), measured.count > 2 {
            texts.append("at most \(NumberText.fixed(best.value)) after round \(best.round)")
        }
        return (texts + lines.map { "\($0.0) \(NumberText.fixed($0.2))" }).joined(separator: ", ")
            + "."
    }

    private var qualityTable: ReportPage.Table {
        let readings: [(name: String, digits: Int, value: (RankingQuality) -> Double)] = [
            ("HR@\(cutoff), sampled", 3, { $0.sampled.hitRate }),
            ("NDCG@\(cutoff), sampled", 3, { $0.sampled.ndcg }),
            ("Recall@\(cutoff), sampled", 3, { $0.sampled.recall }),
            ("MRR, sampled", 3, { $0.sampled.meanReciprocalRank }),
            ("HR@\(cutoff), full", 3, { $0.full.hitRate }),
            ("NDCG@\(cutoff), full", 3, { $0.full.ndcg }),
            ("Recall@\(cutoff), full", 3, { $0.full.recall }),
            ("MRR, full", 3, { $0.full.meanReciprocalRank }),
            ("Catalogue coverage", 3, { $0.coverage }),
            ("Gini of exposure", 3, { $0.exposureGini }),
            ("Novelty, bits", 2, { $0.novelty }),
        ]
        let columns = [lastQuality?.quality] + references.map(\.quality)
        let rounds = lastQuality.map { ", after \(Self.plural($0.rounds, "round"))" } ?? ""
        return .init(
            "All metrics\(rounds)",
            columns: ["metric", "private", "popularity", "without privacy"],
            rows: readings.map { reading in
                (
                    reading.name,
                    columns.map { NumberText.fixed($0.map(reading.value), digits: reading.digits) }
                )
            } + [("People judged", columns.map { $0.map { NumberText.count($0.people) } ?? "-" })])
    }
}
