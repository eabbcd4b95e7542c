internal import DifferentialPrivacy
internal import Foundation
internal import PrivacyLedger
internal import PrivateAggregation

extension AuditReport {
    /// The answer to one of the eighteen questions.
    func disclosure(
        _ topic: Disclosure.Topic, _ history: LedgerHistory, _ opening: LedgerOpening
    ) -> Disclosure {
        func declared(_ topics: LedgerStatement.Topic...) -> [String] {
            history.statements.filter { topics.contains($0.topic) }.map {
                "The operator declares: \($0.text)"
            }
        }
        func computed(_ answers: [String]) -> Disclosure {
            Disclosure(
                topic: topic, source: answers.isEmpty ? .missing : .computed, answers: answers)
        }
        func specified(_ answers: [String]) -> Disclosure {
            Disclosure(topic: topic, source: .specified, answers: answers)
        }
        func stated(_ answers: [String]) -> Disclosure {
            Disclosure(
                topic: topic, source: answers.isEmpty ? .missing : .declared, answers: answers)
        }
        /// Where the ledger is not in order, its figures are its own word.
        func figures(_ answers: [String]) -> Disclosure {
            let caution =
                "The ledger is not in order (see violations): this proves nothing until that is "
                + "explained."
            return computed((findings.isEmpty ? [] : [caution]) + answers)
        }
        switch topic {
        case .unitOfPrivacy:
            return specified([
                "One user: a person with all their data in all rounds of all tasks, on one enrolled "
                    + "device. A person with several devices is several users here."
            ])
        case .neighbouringRelation:
            return computed([
                "The guarantees hold under \(neighbouring.rawValue). "
                    + Self.explanation(of: neighbouring)
                    + " How many devices are enrolled, invited and in each sum is public, and not "
                    + "covered."
            ])
        case .epsilons:
            return figures([
                "Against the coordinator, epsilon is \(Self.number(coordinator.promised.upper)) at "
                    + "delta \(coordinator.promised.delta); against those who see the models only, "
                    + "\(Self.number(observer.promised.upper)). The report has other deltas and the "
                    + "whole curve.",
                "Promised to every user: \(Self.number(budget)) against the \(against).",
            ])
        case .certifiedBounds:
            return figures([
                "Against the coordinator, no epsilon below "
                    + "\(Self.number(coordinator.promised.lower)) follows from the recorded costs, and "
                    + "\(Self.number(coordinator.promised.upper)) does; against observers "
                    + "\(Self.number(observer.promised.lower)) and "
                    + "\(Self.number(observer.promised.upper)). Both ends include numerical errors. The "
                    + "loss of a person may be smaller, as the worst case of participation and of "
                    + "collusion is counted."
            ])
        case .accountant:
            return figures([
                "Every round is charged by zero-concentrated differential privacy, with sensitivities "
                    + "after rounding; sums of costs are rounded upwards, and converted to epsilon at "
                    + "the best Rényi order. The account holds for rounds that were chosen in view of "
                    + "earlier results (a Rényi filter).",
                "The epsilons of this report come from the recorded costs by the accountant "
                    + "'\(coordinator.promised.accountant.rawValue)' for the coordinator and "
                    + "'\(observer.promised.accountant.rawValue)' for observers. Recorded costs and "
                    + "epsilons agree with recomputed ones to one part in 10^9, or are violations.",
            ])
        case .mechanism:
            return computed(Self.orNothing(tasks.map(Self.mechanism)))
        case .releases:
            return figures(
                Self.orNothing(tasks.map(Self.releases)) + [
                    "What leaves the devices otherwise is not on this ledger. Settings that were chosen by "
                        + "looking at the same people's data are a release of their own, which it does not "
                        + "charge."
                ])
        case .trust:
            return computed(
                [Self.aggregationWords(history)] + history.tasks.compactMap(Self.trust))
        case .noiseSource:
            return noiseSource(history, opening)
        case .sideChannels:
            let known =
                "Sizes of messages do not depend on data. Who took part and when is known to the "
                + "coordinator. Sampling of noise is not constant in time."
            let declared = declared(.sideChannels)
            return Disclosure(
                topic: topic, source: declared.isEmpty ? .specified : .declared,
                answers: [known] + declared)
        case .retention: return stated(declared(.retention))
        case .composition:
            let spent = against == "observer" ? observer : coordinator
            let together =
                "Tasks on this ledger: \(tasks.count). They share one budget of epsilon "
                + "\(Self.number(budget)) for each user, against the \(against), and together came to "
                + "\(Self.number(spent.promised.upper))."
            let others = declared(.otherReleases)
            return figures(
                [together]
                    + (others.isEmpty
                        ? [
                            "The ledger does not say whether the same people's data is used elsewhere."
                        ]
                        : others))
        case .auditResults: return stated(declared(.audit))
        case .utility:
            let groups = declared(.subgroupUtility)
            let all = declared(.utility)
            return stated(
                all.isEmpty || !groups.isEmpty
                    ? all + groups : all + ["Utility for groups of people is not declared."])
        case .violations:
            let listed = findings.prefix(20).map {
                "\($0.kind.rawValue)\($0.entry.map { " at entry \($0)" } ?? ""): \($0.message)"
            }
            let more = findings.count - listed.count
            return computed(
                (listed.isEmpty
                    ? ["None was found in the ledger."]
                    : ["\(Self.count(findings.count, "finding")):"] + listed)
                    + (more > 0 ? ["... and \(more) more."] : []) + declared(.violations))
        case .proofs: return proofs
        case .offlineVerification:
            return specified([
                "A device keeps its own record of rounds and its last checkpoint. It checks the "
                    + "signature, the consistency of every newer checkpoint with that one, and that "
                    + "each of its rounds is included, without asking anybody; with its salt it can "
                    + "prove to others that it was invited. An auditor runs covey audit verify on the "
                    + "file alone."
            ])
        case .unprotected:
            return specified([
                "What a group of people has in common: that is what is learnt. Who is enrolled, who "
                    + "took part and when, towards the coordinator, and how many towards everybody. A "
                    + "coordinator that enrols or invites corrupt devices around one person. Data used "
                    + "outside this ledger, such as for choosing settings. What a device's owner or its "
                    + "manufacturer can read on it. A training can still be poisoned by devices, within "
                    + "the clipping norm. The ledger cannot show that devices ran the code they should "
                    + "have."
            ])
        }
    }

    private func noiseSource(_ history: LedgerHistory, _ opening: LedgerOpening) -> Disclosure {
        let families = Self.distinct(tasks.flatMap { $0.releases.map(\.noise.rawValue) })
        var answers = [
            isSimulation
                ? "A seed, as this is a simulation: whoever knows it can take the noise off."
                : "The operator declares: the \(opening.randomness.rawValue)'s generator, on each device."
        ]
        if !families.isEmpty {
            answers.append(
                history.isStatistical
                    ? "In the statistical rounds of this simulation, floats with the same variance stand "
                        + "in for the integers (\(families.joined(separator: ", "))) that devices draw."
                    : "It is drawn exactly as integers (\(families.joined(separator: ", "))) and added "
                        + "to integers modulo a power of two: no floating-point number is noised.")
        }
        return Disclosure(
            topic: .noiseSource, source: isSimulation ? .computed : .declared, answers: answers)
    }

    private var proofs: Disclosure {
        let unsigned = findings.contains { $0.kind == .signature || $0.kind == .checkpoint }
        guard let root, !unsigned else {
            return Disclosure(
                topic: .proofs, source: .missing, answers: [])
        }
        return Disclosure(
            topic: .proofs, source: .computed,
            answers: [
                "The head of \(signedEntries) of \(entries) entries is \(root), signed by \(publicKey)"
                    + (isKeyPinned
                        ? ", the key that this report was made with."
                        : ". That this is the operator's key is the ledger's own word: make the report "
                            + "with --public-key."),
                "Anybody who kept an earlier checkpoint can have its consistency shown, and anybody who "
                    + "kept an entry its inclusion.",
            ])
    }

    private static func explanation(of relation: NeighbouringRelation) -> String {
        switch relation {
        case .zeroOutOne:
            "Outcomes are about as likely if one user's contributions are all replaced by zeros; that "
                + "the user is enrolled is not hidden."
        case .addOrRemoveOne: "Outcomes are about as likely if one user's data is not there."
        case .replaceOne: "Outcomes are about as likely if one user's data is any other."
        }
    }

    private static func orNothing(_ answers: [String?]) -> [String] {
        let found = answers.compactMap { $0 }
        return found.isEmpty ? ["No round was planned."] : found
    }

    private static func mechanism(_ task: Task) -> String? {
        guard !task.releases.isEmpty else { return nil }
        let norms = range(task.releases.map(\.clippingNorm))
        let planned =
            "\(task.name): each device clips to an L2 norm of \(norms), rotates, rounds at random and "
            + "adds its share of noise. Sampling: \(task.sampling)."
        let revealed = task.releases.filter { $0.noiseStandardDeviation > 0 }
        guard !revealed.isEmpty else { return planned + " Nothing was revealed." }
        let ratios = range(revealed.map { $0.noiseStandardDeviation / $0.clippingNorm })
        return planned
            + " The sums revealed had noise, rounding included, of \(ratios) clipping norms in each "
            + "coordinate, over \(range(revealed.map { Double($0.contributors) })) devices."
    }

    private static func releases(_ task: Task) -> String? {
        guard !task.releases.isEmpty else { return nil }
        let queries = distinct(task.releases.map(\.query))
        let revealed = task.releases.count { $0.outcome == "revealed" }
        let others = task.releases.count { $0.outcome != "revealed" && $0.rho > 0 }
        return "\(task.name): \(count(revealed, "private sum")) revealed, of "
            + "\(queries.joined(separator: ", ")); every version of its model follows from them."
            + (others > 0 ? " Charged and not revealed: \(others)." : "")
    }

    private static func trust(_ task: LedgerHistory.Task) -> String? {
        let sums = task.rounds.map(\.plan.sum)
        guard !sums.isEmpty else { return nil }
        let policy = task.task.policy
        return
            "\(task.task.name): up to \(percent(policy.colludingShare)) of a cohort may collude with "
            + "the coordinator, their noise not counted; up to \(percent(policy.toleratedDropout)) may "
            + "be lost. Cohorts are of \(range(sums.map { Double($0.cohortSize) })) devices, and with "
            + "fewer than \(range(sums.map { Double($0.minimumSurvivors) })) left nothing is revealed. "
            + "Noise is no less whoever is lost."
    }

    private static func aggregationWords(_ history: LedgerHistory) -> String {
        let kinds = distinct(
            history.tasks.flatMap { $0.rounds.map(\.plan.aggregation.rawValue) })
        if kinds.isEmpty { return "No round was planned." }
        return kinds == ["real"]
            ? "Sums are masked (secure aggregation), so that the coordinator sees no contribution. It is "
                + "trusted to enrol and invite honestly, as no more devices of a cohort may collude "
                + "with it than stated, and with availability."
            : "Sums were computed as: \(kinds.joined(separator: ", ")). Only 'real' ones are masked; in "
                + "the others the simulator sees every contribution."
    }

    private static func distinct(_ values: [String]) -> [String] {
        var seen: Set<String> = []
        return values.filter { seen.insert($0).inserted }
    }

    private static func range(_ values: [Double]) -> String {
        guard let least = values.min(), let most = values.max() else { return "no" }
        return least == most ? number(least) : "\(number(least)) to \(number(most))"
    }

    private static func percent(_ share: Double) -> String { "\(number(100 * share)) %" }

    private static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// Four significant digits.
    private static func number(_ value: Double?) -> String {
        value.map { String(format: "%.4g", $0) } ?? "infinite"
    }
}

extension LedgerHistory {
    /// Whether the noise of a round was drawn as floats.
    fileprivate var isStatistical: Bool {
        tasks.contains { $0.rounds.contains { $0.plan.aggregation == .statistical } }
    }
}
