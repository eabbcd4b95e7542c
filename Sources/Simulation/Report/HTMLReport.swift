internal import FederatedProtocol
internal import PrivacyLedger
internal import Recommender

/// The report of a run: one HTML file that needs nothing else, for a browser, a phone or paper.
///
/// It holds no times of day, so that the same run gives the same report but for its measured costs.
struct HTMLReport {
    /// What the run was to do.
    let plan: SimulationPlan
    /// What it came to.
    let result: SimulationResult
    /// Its finished rounds.
    let metrics: [RoundMetrics]
    /// All settings with their values.
    let scenarioYAML: String

    /// The report's text.
    func render() -> String {
        ReportTemplate.render(
            ReportPage(
                brand: "Covey simulation report",
                title: result.scenario.isEmpty ? "Unnamed scenario" : result.scenario,
                status: result.status.rawValue, isFinished: result.status == .finished,
                subtitle: subtitle, notices: notices, keyFigures: keyFigures,
                explanation: explanation,
                sections: [
                    qualitySection, adversarySection, privacySection, deploymentSection,
                    planSection,
                    costSection,
                ].compactMap { $0 },
                scenario: [scenarioYAML], style: ReportStyle.css))
    }

    /// The last quality that was measured under privacy, and the number of rounds before it.
    var lastQuality: (rounds: Int, quality: RankingQuality)? {
        if let quality = result.quality.private { return (result.rounds.done, quality) }
        return metrics.last { $0.quality != nil }
            .flatMap { round in round.quality.map { (round.round + 1, $0) } }
    }

    /// The length of the lists that were judged.
    var cutoff: Int {
        (lastQuality?.quality ?? result.quality.popularity ?? result.quality.nonPrivate)?.cutoff
            ?? 10
    }

    private var subtitle: String {
        [
            capitalized(plan.algorithm) + " on " + plan.data,
            Self.plural(result.devices, "device"),
            Self.plural(plan.items, "item"),
            Self.plural(plan.interactions, "interaction"),
            plan.aggregation + " aggregation",
            "\(NumberText.count(result.rounds.done)) of "
                + Self.plural(result.rounds.planned, "round"),
        ].joined(separator: " · ")
    }

    private var notices: [ReportPage.Notice] {
        var notices: [ReportPage.Notice] = []
        if result.status == .interrupted {
            notices.append(
                .init(
                    heading: "Interrupted.",
                    text: "The run was stopped after \(NumberText.count(result.rounds.done)) of "
                        + Self.plural(result.rounds.planned, "round")
                        + ". Its files hold everything up to there. To go on:",
                    commands: ["covey simulate --resume \(ShellWord.quoted(result.output))"]))
        }
        switch AggregationFidelity(rawValue: result.aggregation) {
        case .statistical:
            notices.append(
                .init(
                    heading: "Statistical aggregation.",
                    text: "The noise of all devices was drawn at once and nothing was encrypted. "
                        + "This report shows the quality that the stated privacy leaves; it is no "
                        + "evidence for the protected code path, and protects nobody. Use real "
                        + "aggregation for that.", commands: []))
        case .ideal:
            notices.append(
                .init(
                    heading: "Ideal aggregation.",
                    text: "Contributions were encoded and noised as on devices, but added up "
                        + "without masks: the sums are those of the protected code path, which "
                        + "itself was not run.", commands: []))
        case .real, nil: break
        }
        return notices
    }

    private var keyFigures: [ReportPage.KeyFigure] {
        let planned = plan.planned
        return [
            accuracy,
            .init(
                name: "Epsilon against the coordinator",
                value: NumberText.fixed(result.epsilon.coordinator),
                notes: [
                    "delta \(NumberText.scientific(result.delta))",
                    "planned: \(NumberText.fixed(planned.epsilonCoordinator))",
                ]),
            .init(
                name: "Epsilon against observers of the model",
                value: NumberText.fixed(result.epsilon.observer),
                notes: [
                    "delta \(NumberText.scientific(result.delta))",
                    "planned: \(NumberText.fixed(planned.epsilonObserver))",
                ]),
            .init(
                name: "Sent by a device",
                value: NumberText.bytes(result.bytesPerDevice.up),
                notes: [
                    "received: \(NumberText.bytes(result.bytesPerDevice.down))",
                    result.rounds.done == 1
                        ? "in one round" : "in all \(NumberText.count(result.rounds.done)) rounds",
                ]),
        ]
    }

    private var accuracy: ReportPage.KeyFigure {
        let name = "HR@\(cutoff), private"
        guard let (rounds, quality) = lastQuality else {
            return .init(name: name, value: NumberText.none, notes: ["not measured yet"])
        }
        let hitRate = quality.sampled.hitRate
        var notes: [String] = []
        if let popularity = result.quality.popularity?.sampled.hitRate {
            notes.append("popularity: \(NumberText.fixed(popularity))")
            let ratio = hitRate / popularity
            if ratio.isFinite {
                notes.append("\(NumberText.fixed(ratio, digits: 2)) times as high")
            }
        } else {
            notes.append("after \(Self.plural(rounds, "round"))")
            notes.append("popularity was not measured")
        }
        return .init(name: name, value: NumberText.fixed(hitRate), notes: notes)
    }

    private var explanation: [ReportPage.Paragraph] {
        let devices = Self.plural(result.devices, "simulated device")
        let rounds = Self.plural(result.rounds.done, "round")
        let how =
            switch AggregationFidelity(rawValue: result.aggregation) {
            case .real:
                "limits how large its answer can be, adds its share of the noise and masks the "
                    + "outcome, so that the coordinator can read nothing but the sum over all of them"
            case .statistical:
                "limits how large its answer can be, and the noise that all devices would add "
                    + "together is drawn once for their sum"
            case .ideal, nil: "limits how large its answer can be and adds its share of the noise"
            }
        return [
            .init(
                "\(devices), each with one person's history, took part in \(rounds) of "
                    + "\(plan.algorithm). A device keeps its history; in a round it \(how). What the "
                    + "sums hold trains a model, which is judged by how well it finds what each "
                    + "person chose next, which it was not shown."),
            .init(
                "Epsilon says how much all this can depend on one person: the probability of "
                    + "whatever is seen changes by a factor of at most e to the power of epsilon "
                    + "when all of that person's data are left out, but for a chance of delta "
                    + "(\(NumberText.scientific(result.delta))). Smaller is more private, and it only "
                    + "grows from round to round. There are two, which answer different questions:"),
            .init(
                lead: "Against the coordinator, \(NumberText.fixed(result.epsilon.coordinator)).",
                "It sees every sum and who took part in it. Being chosen at random hides "
                    + "nothing from it, so no credit is taken for sampling."),
            .init(
                lead: "Against observers of the released models, "
                    + "\(NumberText.fixed(result.epsilon.observer)).",
                "They see the models, and do not learn who took part in which round. "
                    + (result.epsilon.observer < result.epsilon.coordinator
                        ? "Here devices were drawn at random, which hides a person among those who "
                            + "were not and makes the bound smaller; it says nothing about the "
                            + "coordinator."
                        : "Here no credit is taken for that, and both figures are the same.")),
        ]
    }

    /// A number with a noun.
    static func plural(_ count: Int, _ noun: String) -> String {
        "\(NumberText.count(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    private func capitalized(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }
}
