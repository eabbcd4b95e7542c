import DifferentialPrivacy
import FederatedProtocol
import PrivacyLedger
import Recommender
import Simulation

/// A result as a person reads it.
struct ResultTable {
    let result: SimulationResult

    init(_ result: SimulationResult) { self.result = result }

    var text: String {
        let cutoff = result.quality.private?.cutoff ?? 10
        var table = TextTable(
            header: ["", "HR@\(cutoff)", "NDCG@\(cutoff)", "full HR", "full NDCG", "coverage"])
        table.rows = [
            row("popularity", result.quality.popularity), row("private", result.quality.private),
            row("without privacy", result.quality.nonPrivate),
        ]
        let bytes = result.bytesPerDevice
        var lines = [
            table.text, "",
            "privacy spent     epsilon \(TextTable.number(result.epsilon.coordinator, 3)) against "
                + "the coordinator, \(TextTable.number(result.epsilon.observer, 3)) against "
                + "observers of the model, delta \(result.delta)",
            "single devices    epsilon \(TextTable.number(result.individual.median, 3)) for half of them, "
                + "\(TextTable.number(result.individual.ninetiethPercentile, 3)) for nine in ten, against "
                + "the coordinator",
            "devices           \(result.survivors) of \(result.devices) in the last sum, "
                + "\(result.aggregation) aggregation",
            "bytes per device  \(TextTable.bytes(bytes.up)) up, \(TextTable.bytes(bytes.down)) down",
            "time, memory      \(TextTable.number(result.seconds, 1)) s, "
                + "\(TextTable.bytes(result.peakMemoryBytes)) at most",
            "run folder        \(result.output)", "report            \(result.output)/report.html",
        ]
        if let measured = result.quality.measured {
            lines.insert(contentsOf: words(measured), at: 2)
        }
        if let effect = result.adversary { lines.insert(contentsOf: words(effect), at: 2) }
        if let cost = result.deployment { lines.insert(contentsOf: words(cost), at: 2) }
        if result.status == .finished, result.rounds.done < result.rounds.planned {
            lines.append(
                "stopped           after \(result.rounds.done) of \(result.rounds.planned) rounds, as "
                    + "private sums showed no rise; what is left of the budget is not spent")
        }
        if result.aggregation == AggregationFidelity.statistical.rawValue {
            lines.append(
                "note              statistical aggregation draws the noise once for all devices; "
                    + "it shows quality, not the protected code path")
        }
        if result.status == .interrupted {
            lines.append(
                "interrupted after \(result.rounds.done) of \(result.rounds.planned) rounds; "
                    + "go on with: covey simulate --resume \(result.output)")
        }
        return lines.joined(separator: "\n")
    }

    /// What private sums showed, of all people and by the length of histories.
    private func words(_ measured: MeasuredQuality) -> [String] {
        func words(_ group: MeasuredQuality.Group) -> String {
            "HR@\(measured.cutoff) \(TextTable.number(group.hitRate, 3)) "
                + "(\(TextTable.number(group.lowest, 3)) to \(TextTable.number(group.highest, 3))), "
                + "NDCG@\(measured.cutoff) \(TextTable.number(group.ndcg, 3)), "
                + "\(Int(group.people.rounded())) people"
        }
        return ["by a private sum  \(words(measured.all)), in training"]
            + measured.groups.map { group in
                let name = "  of \(group.lengths) items"
                return name + String(repeating: " ", count: max(1, 18 - name.count)) + words(group)
            } + [""]
    }

    /// What came of those who work against the training.
    private func words(_ effect: AdversaryEffect) -> [String] {
        var lines = [
            "adversaries       \(effect.devices) devices, \(effect.attack), defence \(effect.defence); without "
                + "them HR@\(effect.qualityWithout?.cutoff ?? 10) "
                + TextTable.number(effect.qualityWithout?.sampled.hitRate, 3)
        ]
        if let target = effect.target {
            lines.append(
                "pushed item       \(target) is shown to "
                    + "\(TextTable.number(effect.exposure.map { 100 * $0.share }, 1)) % of people, "
                    + "without adversaries to "
                    + "\(TextTable.number(effect.exposureWithout.map { 100 * $0.share }, 1)) %")
        }
        return lines + [""]
    }

    /// What a deployment takes.
    private func words(_ cost: DeploymentCost) -> [String] {
        func number(_ value: Double, _ digits: Int) -> String { TextTable.number(value, digits) }
        let (phones, server) = (cost.phones, cost.server)
        return [
            "virtual time      \(number(cost.days, 2)) days, a round every "
                + "\(number(cost.secondsPerRound / 60, 1)) minutes, \(cost.abandoned) attempts failed, "
                + "\(number(100 * cost.lostShare, 1)) % of devices lost",
            "a phone           \(TextTable.bytes(Int(phones.bytesUp.mean))) up, "
                + "\(TextTable.bytes(Int(phones.bytesDown.mean))) down, "
                + "\(number(phones.seconds.mean, 1)) s at work, about "
                + "\(number(phones.milliampereHours.mean, 2)) mAh in all; 95 % at most "
                + "\(number(phones.milliampereHours.percentile95, 2)) mAh",
            "the coordinator   \(server.peakConnections) connections, "
                + "\(server.peakRequestsPerSecond) requests a second, "
                + "\(TextTable.bytes(Int(server.peakBytesPerSecond)))/s at peak", "",
        ]
    }

    private func row(_ name: String, _ quality: RankingQuality?) -> [String] {
        [
            name, TextTable.number(quality?.sampled.hitRate, 3),
            TextTable.number(quality?.sampled.ndcg, 3), TextTable.number(quality?.full.hitRate, 3),
            TextTable.number(quality?.full.ndcg, 3), TextTable.number(quality?.coverage, 3),
        ]
    }
}
