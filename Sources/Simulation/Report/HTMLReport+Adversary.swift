internal import Recommender

extension HTMLReport {
    /// What came of those who work against the training; nil where nobody does.
    var adversarySection: ReportPage.Section? {
        guard let effect = result.adversary else { return nil }
        var paragraphs = [
            "\(Self.plural(effect.devices, "device")) of \(NumberText.count(result.devices)) worked against "
                + "the training (\(effect.attack)); whatever a device contributes is clipped like "
                + "everybody's. "
                + (effect.defence == "none"
                    ? "The server took the sum as it came."
                    : "The server combined the sums of groups (\(effect.defence)).")
                + " Everything is judged over the honest people."
        ]
        if let target = effect.target {
            paragraphs.append(
                "They push the item \(target)"
                    + (effect.targetTitle.map { $0.isEmpty ? "" : " (\($0))" } ?? "") + ".")
        }
        let flagged = metrics.compactMap(\.groups).map { round in
            round.groups.count { $0.isFlagged }
        }
        if !flagged.isEmpty {
            paragraphs.append(
                "The check of the groups' sums flagged \(NumberText.count(flagged.reduce(0, +))) groups "
                    + "in \(Self.plural(flagged.count, "round")).")
        }
        return .init(
            id: "adversary", title: "Adversaries", paragraphs: paragraphs,
            blocks: [.table(adversaryTable(effect))])
    }

    private func adversaryTable(_ effect: AdversaryEffect) -> ReportPage.Table {
        let qualities = [result.quality.private, effect.qualityWithout]
        let exposures = [effect.exposure, effect.exposureWithout]
        var rows = [
            (
                "HR@\(cutoff), sampled", qualities.map { NumberText.fixed($0?.sampled.hitRate) }
            ),
            ("NDCG@\(cutoff), sampled", qualities.map { NumberText.fixed($0?.sampled.ndcg) }),
            ("HR@\(cutoff), full", qualities.map { NumberText.fixed($0?.full.hitRate) }),
        ]
        if effect.target != nil {
            rows += [
                (
                    "People who are shown the item",
                    exposures.map { exposure in
                        exposure.map { "\($0.shown) of \($0.people)" } ?? NumberText.none
                    }
                ),
                (
                    "Its mean rank",
                    exposures.map { NumberText.fixed($0.map { $0.meanRank + 1 }, digits: 1) }
                ),
            ]
        }
        return .init(
            "With adversaries and without", columns: ["", "with", "without"], rows: rows)
    }
}
