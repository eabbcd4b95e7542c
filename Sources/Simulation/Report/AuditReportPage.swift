internal import DifferentialPrivacy
internal import Foundation
public import PrivacyAudit
internal import PrivacyLedger

/// An auditor's report as one HTML file: what it means in plain words first, then the eighteen
/// disclosures, curves, every release, and how to check it all.
public struct AuditReportPage: Sendable {
    private let report: AuditReport

    /// Collects what is shown.
    public init(report: AuditReport) { self.report = report }

    /// The page. The same report gives the same bytes.
    public func render() -> String {
        let isInOrder = report.findings.isEmpty
        return ReportTemplate.render(
            ReportPage(
                brand: "Covey privacy report", title: report.ledger,
                status: isInOrder ? "in order" : "not in order", isFinished: isInOrder,
                subtitle: subtitle, notices: notices, keyFigures: keyFigures,
                explanation: explanation,
                sections: [disclosures, curves] + report.tasks.map(section) + [check],
                scenario: [], style: ReportStyle.css))
    }

    private var subtitle: String {
        let rounds = report.tasks.reduce(0) { $0 + $1.rounds }
        return [
            "\(NumberText.count(report.entries)) entries",
            HTMLReport.plural(report.tasks.count, "task"),
            HTMLReport.plural(rounds, "round") + " charged",
            "under " + report.neighbouring.rawValue,
        ].joined(separator: " · ")
    }

    private var notices: [ReportPage.Notice] {
        var notices: [ReportPage.Notice] = []
        if !report.findings.isEmpty {
            notices.append(
                .init(
                    heading: "Not in order.",
                    text:
                        "The ledger has \(report.findings.count) findings, listed under violations: "
                        + "its figures prove nothing until they are explained.", commands: []))
        }
        if !report.isKeyPinned {
            notices.append(
                .init(
                    heading: "Whose ledger?",
                    text:
                        "The report was made without the operator's public key: that the ledger is "
                        + "theirs is its own word.", commands: []))
        }
        if report.isSimulation {
            notices.append(
                .init(
                    heading: "A simulation.",
                    text:
                        "Noise and keys come from a seed: the ledger shows what a deployment like "
                        + "this would spend, and protects nobody.", commands: []))
        }
        return notices
    }

    private var keyFigures: [ReportPage.KeyFigure] {
        [
            figure("Against the coordinator", report.coordinator),
            figure("Against observers", report.observer),
            .init(
                name: "Promised", value: NumberText.fixed(report.budget, digits: 3),
                notes: ["to every user, over all tasks", "against the \(report.against)"]),
            .init(
                name: "Missing disclosures",
                value: "\(report.disclosures.count { $0.source == .missing })",
                notes: ["of \(report.disclosures.count)"]),
        ]
    }

    private func figure(_ name: String, _ guarantee: Guarantee) -> ReportPage.KeyFigure {
        .init(
            name: name, value: Self.epsilon(guarantee.promised.upper),
            notes: [
                "epsilon at delta \(NumberText.scientific(guarantee.promised.delta))",
                "certainly at least \(NumberText.fixed(guarantee.promised.lower, digits: 4))",
            ])
    }

    private var explanation: [ReportPage.Paragraph] {
        [
            .init(
                lead: "What this is.",
                "\(report.ledger) computes with the data of people that never leaves their devices. "
                    + "This page says what that may give away about one of them. It was worked out "
                    + "from the ledger alone; what it takes from its owner's word is marked."),
            .init(
                lead: "What it means.",
                "Somebody who knows everything else about the world, and looks at all models that "
                    + "were released, guesses whether your data was used right at most "
                    + "\(Self.guesses(report.observer)) times in 100; without the models it would be "
                    + "50. Whoever runs the computation, and also knows when your device took part, at "
                    + "most \(Self.guesses(report.coordinator)) times."),
            .init(
                lead: "What it does not mean.",
                "What people like you have in common is what the models are for, and is learnt "
                    + "whether you take part or not."),
        ]
    }

    private var disclosures: ReportPage.Section {
        .init(
            id: "disclosures", title: "Eighteen disclosures",
            paragraphs: [
                "After the questions of NIST SP 800-226 and of the reporting list of \"How to DP-fy "
                    + "ML\" (arXiv 2303.00654). Computed answers follow from the ledger's entries; "
                    + "specified ones from the protocol; declared ones are its owner's word; what is "
                    + "missing, the owner has not declared."
            ],
            items: report.disclosures.enumerated().map { number, disclosure in
                .init(
                    heading: "\(number + 1). " + disclosure.topic.rawValue,
                    tag: disclosure.source.rawValue, isMissing: disclosure.source == .missing,
                    answers: disclosure.answers)
            })
    }

    private var curves: ReportPage.Section {
        let deltas = zip(report.coordinator.points, report.observer.points).map {
            coordinator, observer in
            (
                NumberText.scientific(coordinator.delta),
                [
                    NumberText.fixed(coordinator.lower, digits: 4), Self.epsilon(coordinator.upper),
                    NumberText.fixed(observer.lower, digits: 4), Self.epsilon(observer.upper),
                ]
            )
        }
        return .init(
            id: "curves", title: "The whole curve",
            blocks: [
                .table(
                    .init(
                        "Epsilon at several deltas",
                        columns: [
                            "delta", "coordinator, at least", "at most", "observers, at least",
                            "at most",
                        ], rows: deltas)),
                .figure(
                    Self.curve(
                        "delta", report.coordinator.curve, report.observer.curve)),
            ])
    }

    private func section(_ task: AuditReport.Task) -> ReportPage.Section {
        let rows = task.releases.map { release in
            (
                "\(release.round + 1) \(release.query)",
                [
                    NumberText.count(release.invited), NumberText.count(release.contributors),
                    NumberText.count(release.dimension),
                    NumberText.significant(release.clippingNorm),
                    NumberText.significant(release.noiseStandardDeviation),
                    NumberText.significant(release.rho), release.outcome,
                ]
            )
        }
        return .init(
            id: "task-\(task.name)", title: "Task: \(task.name)",
            paragraphs: [
                "\(task.purpose). \(NumberText.count(task.rounds)) of "
                    + "\(NumberText.count(task.announced)) announced rounds, "
                    + "\(NumberText.count(task.population)) devices, \(task.sampling).",
                "By itself: epsilon \(Self.epsilon(task.coordinator.promised.upper)) against the "
                    + "coordinator, \(Self.epsilon(task.observer.promised.upper)) against observers, at "
                    + "delta \(NumberText.scientific(task.delta)); promised were "
                    + "\(NumberText.fixed(task.budget, digits: 3)) against the \(task.against).",
            ],
            blocks: [
                .table(
                    .init(
                        "Every release of \(task.name)",
                        columns: [
                            "round", "invited", "in the sum", "coordinates", "clip", "noise", "rho",
                            "outcome",
                        ], rows: rows))
            ], isWide: true)
    }

    private var check: ReportPage.Section {
        .init(
            id: "check", title: "How to check this page",
            paragraphs: [
                "With the ledger's file alone. The same ledger gives this page again, byte for byte; "
                    + "its head is \(report.root ?? "not signed")."
            ],
            commands: [
                "covey audit verify ledger.covey --public-key '\(report.publicKey)'",
                "covey audit report ledger.covey --html report.html",
                "covey budget epsilon --ledger ledger.covey",
            ])
    }

    private static func curve(
        _ id: String, _ coordinator: [Guarantee.CurvePoint], _ observer: [Guarantee.CurvePoint]
    ) -> ReportPage.Figure {
        func points(_ curve: [Guarantee.CurvePoint]) -> [LineChart.Point] {
            curve.filter { $0.delta > 0 }.map { .init(x: $0.epsilon, y: log10($0.delta)) }
        }
        let end = max(coordinator.last?.epsilon ?? 1, observer.last?.epsilon ?? 1)
        let chart = LineChart(
            id: id, title: "Delta for each epsilon",
            summary: "The logarithm of delta falls as epsilon grows.", horizontal: "epsilon",
            vertical: "log10 of delta", domain: 0...end,
            series: [
                .init(ink: .coordinator, points: points(coordinator)),
                .init(ink: .observer, points: points(observer)),
            ], isWholeAcross: false)
        return .init(
            heading: "Delta for each epsilon", svg: chart.svg,
            legend: [LegendItem("coordinator", .coordinator), LegendItem("observers", .observer)],
            remarks: ["Upper bounds that hold, numerical errors included."],
            data: .init(
                "Delta", columns: ["epsilon", "coordinator", "epsilon", "observers"],
                rows: zip(coordinator, observer).map { coordinator, observer in
                    (
                        NumberText.significant(coordinator.epsilon),
                        [
                            NumberText.scientific(coordinator.delta),
                            NumberText.significant(observer.epsilon),
                            NumberText.scientific(observer.delta),
                        ]
                    )
                }))
    }

    private static func epsilon(_ value: Double?) -> String {
        value.map { NumberText.fixed($0, digits: 4) } ?? "infinite"
    }

    private static func guesses(_ guarantee: Guarantee) -> String {
        "\(min(100, Int((100 * guarantee.bestGuess).rounded(.up))))"
    }
}
