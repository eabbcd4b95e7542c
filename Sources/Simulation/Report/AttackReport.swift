internal import DifferentialPrivacy
internal import PrivacyAudit

/// A page about attacks on a training: what they reached beside what is accounted for.
public struct AttackReport: Sendable {
    private let results: [AttackResult]

    /// Collects what is shown.
    public init(results: [AttackResult]) { self.results = results }

    /// The page as one HTML file that needs nothing else.
    public func render() -> String {
        let isViolated = results.contains { $0.verdict == .violated }
        return ReportTemplate.render(
            ReportPage(
                brand: "Covey privacy audit", title: results.first?.scenario ?? "Attacks",
                status: isViolated ? "violated" : "consistent", isFinished: !isViolated,
                subtitle: results.map { "\($0.method.rawValue), \($0.canaries) canaries" }
                    .joined(separator: " · "), notices: [],
                keyFigures: results.map(keyFigure),
                explanation: [
                    .init(
                        lead: "What was done.",
                        "The training ran with canaries among its devices, and an attacker who "
                            + "knows everything but which of them took part tried to find out from "
                            + "what was released."),
                    .init(
                        lead: "How to read it.",
                        "What an attack reaches is a lower bound on epsilon: with the stated "
                            + "confidence no smaller epsilon holds, if the assumption is true. The "
                            + "accounted epsilon is an upper bound. The "
                            + "verdict compares it with bounds at 99.9 %: one above it means a bug, or "
                            + "a wrong assumption; one far below it says little, as better attacks may "
                            + "exist."),
                ],
                sections: results.map(section), scenario: [], style: ReportStyle.css))
    }

    private func keyFigure(_ result: AttackResult) -> ReportPage.KeyFigure {
        let best = result.bounds.map(\.epsilon).max() ?? 0
        return .init(
            name: result.method.rawValue, value: Self.number(best),
            notes: [
                "the largest bound that was measured",
                "\(Self.number(result.accounted.upper)) accounted",
            ])
    }

    private func section(_ result: AttackResult) -> ReportPage.Section {
        let bounds = ReportPage.Table(
            "Lower bounds on epsilon", columns: ["method", "epsilon", "confidence", "assumption"],
            rows: result.bounds.map {
                (
                    $0.method.rawValue,
                    [
                        Self.number($0.epsilon), NumberText.significant($0.confidence),
                        $0.objection ?? $0.assumption ?? "none",
                    ]
                )
            }, isText: true)
        var blocks: [ReportPage.Block] = [.table(bounds)]
        if !result.curve.isEmpty { blocks.append(.figure(curve(result))) }
        return .init(
            id: result.method.rawValue, title: "Attack: \(result.method.rawValue)",
            paragraphs: [
                "Against the \(result.adversary), \(result.aggregation) aggregation. Accounted: "
                    + "epsilon \(Self.number(result.accounted.upper)), certainly at least "
                    + "\(Self.number(result.accounted.lower))."
                    + (result.estimate.map {
                        " Estimate, which is no bound: \(Self.number($0))."
                    } ?? "")
            ], blocks: blocks)
    }

    private func curve(_ result: AttackResult) -> ReportPage.Figure {
        let area = result.areaUnderCurve.map { NumberText.fixed($0, digits: 3) } ?? ""
        let chart = LineChart(
            id: "roc-\(result.method.rawValue)", title: "What the attacker finds",
            summary: "True positives against false positives; the area below is \(area).",
            horizontal: "false positive rate", vertical: "true positive rate", domain: 0...1,
            series: [
                .init(ink: .planned, points: [.init(x: 0, y: 0), .init(x: 1, y: 1)]),
                .init(
                    ink: .observer,
                    points: result.curve.map {
                        .init(x: $0.falsePositiveRate, y: $0.truePositiveRate)
                    }),
            ], isWholeAcross: false)
        return .init(
            heading: "Receiver operating characteristic", svg: chart.svg,
            legend: [LegendItem("this attack", .observer), LegendItem("guessing", .planned)],
            remarks: ["The area under the curve is \(area); 0.5 is guessing."],
            data: .init(
                "Rates", columns: ["false positives", "true positives"],
                rows: result.curve.map {
                    (
                        NumberText.significant($0.falsePositiveRate),
                        [NumberText.significant($0.truePositiveRate)]
                    )
                }))
    }

    private static func number(_ value: Double) -> String {
        value.isFinite ? NumberText.fixed(value, digits: 3) : "infinite"
    }
}
