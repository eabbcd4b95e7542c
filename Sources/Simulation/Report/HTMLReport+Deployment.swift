internal import PrivacyLedger
internal import Recommender

extension HTMLReport {
    /// What the training takes in a deployment; nil where no time passes.
    var deploymentSection: ReportPage.Section? {
        guard let cost = result.deployment else { return nil }
        let quality = overTime("HR@\(cutoff)") { $0.sampled.hitRate }
        return .init(
            id: "deployment", title: "Deployment",
            paragraphs: [
                "In virtual time the training took \(NumberText.fixed(cost.days, digits: 2)) days: "
                    + "\(Self.plural(cost.rounds, "round")), one every "
                    + "\(NumberText.duration(cost.secondsPerRound)) on average, and "
                    + "\(Self.plural(cost.abandoned, "attempt")) that came to nothing. Phones come and go "
                    + "by the hour of their day, at the speeds and over the connections that the "
                    + "scenario gives them. Energy is an estimate from power and time."
            ],
            blocks: (quality.map { [.figure($0)] } ?? []) + [
                .table(phoneTable(cost)), .table(serverTable(cost)),
            ], isWide: true)
    }

    private func overTime(
        _ name: String, value: (RankingQuality) -> Double
    ) -> ReportPage.Figure? {
        let points = metrics.compactMap { round in
            round.quality.flatMap { quality in
                round.time.map { (day: $0.ended / 86_400, value: value(quality), round) }
            }
        }
        guard let last = points.last else { return nil }
        let title = "\(name) over the days"
        return .init(
            heading: title,
            svg: LineChart(
                id: "days", title: title,
                summary: "\(NumberText.fixed(last.value)) after "
                    + "\(NumberText.fixed(last.day, digits: 2)) days.",
                horizontal: "day", vertical: name, domain: 0...max(last.day, 1e-3),
                series: [
                    .init(ink: .private, points: points.map { .init(x: $0.day, y: $0.value) })
                ], isWholeAcross: false
            ).svg,
            legend: [LegendItem("private \(NumberText.fixed(last.value))", .private)],
            remarks: [],
            data: .init(
                title,
                columns: ["day", name, "epsilon", "round", "failed attempts", "staleness"],
                rows: points.map { day, value, round in
                    (
                        NumberText.fixed(day, digits: 3),
                        [
                            NumberText.fixed(value),
                            NumberText.fixed(round.spent.epsilonCoordinator),
                            "\(round.round + 1)", "\(round.time?.abandoned ?? 0)",
                            NumberText.fixed(round.time?.staleness, digits: 1),
                        ]
                    )
                }))
    }

    private func phoneTable(_ cost: DeploymentCost) -> ReportPage.Table {
        let rows:
            [(
                String, DeploymentCost.Distribution, DeploymentCost.Distribution, (Double) -> String
            )] = [
                (
                    "sent", cost.phones.bytesUp, cost.phonesPerDay.bytesUp,
                    { NumberText.bytes(Int($0)) }
                ),
                (
                    "received", cost.phones.bytesDown, cost.phonesPerDay.bytesDown,
                    { NumberText.bytes(Int($0)) }
                ),
                (
                    "at work", cost.phones.seconds, cost.phonesPerDay.seconds,
                    { NumberText.duration($0) }
                ),
                (
                    "charge, about", cost.phones.milliampereHours,
                    cost.phonesPerDay.milliampereHours, { NumberText.significant($0) + " mAh" }
                ),
                (
                    "check-ins", cost.phones.checkIns, cost.phonesPerDay.checkIns,
                    { NumberText.significant($0) }
                ),
            ]
        return .init(
            "What a phone spends",
            columns: ["", "mean", "95 % at most", "the most", "mean a day", "95 % at most a day"],
            rows: rows.map { name, all, daily, text in
                (
                    name,
                    [all.mean, all.percentile95, all.largest, daily.mean, daily.percentile95]
                        .map(text)
                )
            })
    }

    private func serverTable(_ cost: DeploymentCost) -> ReportPage.Table {
        let server = cost.server
        return .init(
            "What the coordinator needs", columns: ["", "mean", "peak"],
            rows: [
                ("devices connected", [NumberText.none, NumberText.count(server.peakConnections)]),
                (
                    "requests a second",
                    [
                        NumberText.significant(server.requestsPerSecond),
                        NumberText.count(server.peakRequestsPerSecond),
                    ]
                ),
                (
                    "traffic a second",
                    [
                        NumberText.bytes(Int(server.bytesInPerSecond + server.bytesOutPerSecond)),
                        NumberText.bytes(Int(server.peakBytesPerSecond)),
                    ]
                ),
                ("kept of a cohort", [NumberText.none, NumberText.bytes(server.storedBytes)]),
                (
                    "devices lost, of those invited",
                    [NumberText.fixed(100 * cost.lostShare, digits: 1) + " %", NumberText.none]
                ),
                (
                    "staleness, models",
                    [NumberText.fixed(cost.meanStaleness, digits: 2), NumberText.none]
                ),
            ])
    }
}
