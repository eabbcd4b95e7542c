internal import Foundation

/// A page about what a plan costs in privacy: epsilon over its rounds, delta as a function of
/// epsilon, and what an attacker can make of it.
public struct BudgetReport: Sendable {
    /// Points of a curve.
    public typealias Curve = [(x: Double, y: Double)]

    private let title: String
    private let plan: String
    private let relation: String
    private let delta: Double
    private let epsilon: (lower: Double, upper: Double)
    private let coordinatorEpsilon: Double?
    private let meaning: String
    private let bestGuess: Double
    private let overRounds: Curve
    private let deltas: Curve
    private let tradeOff: Curve

    /// Collects what is shown.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - plan: The plan in words.
    ///   - relation: What an outcome does not tell apart.
    ///   - delta: The delta of all epsilons.
    ///   - epsilon: At the end, from below and from above.
    ///   - coordinatorEpsilon: Against the coordinator, if that differs.
    ///   - meaning: What that is in plain words.
    ///   - bestGuess: The largest share of right guesses about a user.
    ///   - overRounds: Epsilon after a number of rounds.
    ///   - deltas: delta as a function of epsilon.
    ///   - tradeOff: The largest rate of true positives for a rate of false ones.
    public init(
        title: String, plan: String, relation: String, delta: Double,
        epsilon: (lower: Double, upper: Double), coordinatorEpsilon: Double?, meaning: String,
        bestGuess: Double, overRounds: Curve, deltas: Curve, tradeOff: Curve
    ) {
        self.title = title
        self.plan = plan
        self.relation = relation
        self.delta = delta
        self.epsilon = epsilon
        self.coordinatorEpsilon = coordinatorEpsilon
        self.meaning = meaning
        self.bestGuess = bestGuess
        self.overRounds = overRounds
        self.deltas = deltas
        self.tradeOff = tradeOff
    }

    /// The page as one HTML file that needs nothing else.
    public func render() -> String {
        var keyFigures: [ReportPage.KeyFigure] = [
            .init(
                name: "Epsilon", value: NumberText.fixed(epsilon.upper, digits: 4),
                notes: [
                    "delta \(NumberText.scientific(delta))",
                    "certainly at least \(NumberText.fixed(epsilon.lower, digits: 4))",
                ])
        ]
        if let coordinatorEpsilon {
            keyFigures.append(
                .init(
                    name: "Against the coordinator",
                    value: NumberText.fixed(coordinatorEpsilon, digits: 4),
                    notes: ["no credit for sampling, a user in all rounds"]))
        }
        keyFigures.append(
            .init(
                name: "Right guesses", value: NumberText.fixed(100 * bestGuess, digits: 1) + " %",
                notes: ["by an attacker who knows everything else", "50 % without the results"]))
        return ReportTemplate.render(
            ReportPage(
                brand: "Covey privacy budget", title: title, status: "bound", isFinished: true,
                subtitle: plan + " · under " + relation, notices: [], keyFigures: keyFigures,
                explanation: [
                    .init(meaning),
                    .init(
                        lead: "Epsilon and delta.",
                        "But for a probability of delta, no outcome is more than e to the epsilon "
                            + "times likelier with a user's data than without. All curves are upper "
                            + "bounds that hold, numerical errors included."),
                ],
                sections: [
                    .init(
                        id: "curves", title: "Curves",
                        blocks: [.figure(rounds), .figure(profile), .figure(attack)])
                ], scenario: [], style: ReportStyle.css))
    }

    private var rounds: ReportPage.Figure {
        figure(
            "epsilon-rounds", "Epsilon over the rounds",
            "Epsilon grows to \(NumberText.fixed(epsilon.upper)).", across: "round",
            up: "epsilon", points: overRounds, isWhole: true,
            remark: "At delta \(NumberText.scientific(delta)).")
    }

    private var profile: ReportPage.Figure {
        let points = deltas.filter { $0.y > 0 }.map { (x: $0.x, y: log10($0.y)) }
        return figure(
            "delta-curve", "Delta for each epsilon",
            "The logarithm of delta falls as epsilon grows.", across: "epsilon",
            up: "log10 of delta", points: points, isWhole: false,
            remark: "The same releases, whatever pair is stated.")
    }

    private var attack: ReportPage.Figure {
        figure(
            "trade-off", "What an attacker can reach",
            "The largest rate of true positives at each rate of false positives.",
            across: "false positive rate", up: "true positive rate", points: tradeOff,
            isWhole: false,
            remark: "The diagonal is guessing; the curve bounds every test of membership.",
            diagonal: true)
    }

    private func figure(
        _ id: String, _ heading: String, _ summary: String, across: String, up: String,
        points: Curve, isWhole: Bool, remark: String, diagonal: Bool = false
    ) -> ReportPage.Figure {
        let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
        let end = max(finite.map(\.x).max() ?? 1, 1e-9)
        var series = [
            LineChart.Series(ink: .observer, points: finite.map { .init(x: $0.x, y: $0.y) })
        ]
        var legend = [LegendItem("at most", .observer)]
        if diagonal {
            series.insert(
                .init(ink: .planned, points: [.init(x: 0, y: 0), .init(x: 1, y: 1)]), at: 0)
            legend.append(LegendItem("guessing", .planned))
        }
        let chart = LineChart(
            id: id, title: heading, summary: summary, horizontal: across, vertical: up,
            domain: 0...end, series: series, isWholeAcross: isWhole)
        return .init(
            heading: heading, svg: chart.svg, legend: legend, remarks: [remark],
            data: .init(
                heading, columns: [across, up],
                rows: points.map { (NumberText.significant($0.x), [NumberText.significant($0.y)]) })
        )
    }
}
