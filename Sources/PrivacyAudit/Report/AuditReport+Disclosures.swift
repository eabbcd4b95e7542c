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
            ])
        case .epsilons:
            return computed([
                "Against the coordinator, epsilon is \(Self.number(coordinator.promised.upper)) at "
                    + "delta \(coordinator.promised.delta); against those who see the models only, "
                    + "\(Self.number(observer.promised.upper)). Other deltas and the whole curve are "
                    + "below."
            ])
        case .certifiedBounds:
            return computed([
                "Against the coordinator, the true epsilon of mechanisms with this cost lies between "
                    + "\(Self.number(coordinator.promised.lower)) and "
                    + "\(Self.number(coordinator.promised.upper)); against observers between "
                    + "\(Self.number(observer.promised.lower)) and "
                    + "\(Self.number(observer.promised.upper)). Both ends include numerical errors."
            ])
        case .accountant:
            return computed([
                "Every round is charged by zero-concentrated differential privacy with exact "
                    + "sensitivities after rounding; sums of costs are rounded upwards, and converted "
                    + "to epsilon at the best Rényi order. The account holds for rounds that were "
                    + "chosen in view of earlier results (a Rényi filter).",
                "This report recomputed the epsilons with the accountant "
                    + "'\(coordinator.promised.accountant.rawValue)' for the coordinator and "
                    + "'\(observer.promised.accountant.rawValue)' for observers. Recorded figures agree "
                    + "to one part in 10^9, or are listed among the violations.",
            ])
        case .mechanism:
            return computed(tasks.map(Self.mechanism))
        case .releases:
            return computed(
                [
                    "Everything that leaves the devices is a private sum, and every sum is a row below."
                ]
                    + tasks.map { task in
                        let queries = Self.distinct(task.releases.map(\.query))
                        return "\(task.name): \(task.rounds) sums revealed of "
                            + "\(queries.joined(separator: ", ")); every version of its model follows "
                            + "from them."
                    })
        case .trust:
            return computed(
                [
                    "\(Self.aggregationWords(history)) The coordinator is trusted with nothing but "
                        + "availability, as long as no more devices collude with it than stated."
                ]
                    + history.tasks.compactMap(Self.trust))
        case .noiseSource:
            let families = Self.distinct(tasks.flatMap { $0.releases.map(\.noise.rawValue) })
            return computed([
                "Noise comes from: \(opening.randomness.rawValue)"
                    + (isSimulation
                        ? ". This is a simulation: whoever knows its seed can take the noise off."
                        : ", on each device, in libsodium's generator."),
                "It is drawn exactly as integers (\(families.joined(separator: ", "))) and added to "
                    + "integers modulo a power of two: no floating-point number is noised"
                    + (history.isStatistical
                        ? ", other than in the statistical rounds of this simulation." : "."),
            ])
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
            let together =
                "Tasks on this ledger: \(tasks.count). They share one budget of epsilon "
                + "\(Self.number(budget)) for each user, against the \(against), and together came to "
                + "\(Self.number(against == "observer" ? observer.promised.upper : coordinator.promised.upper))."
            let others = declared(.otherReleases)
            return Disclosure(
                topic: topic, source: others.isEmpty ? .computed : .declared,
                answers: [together]
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
            return Disclosure(
                topic: topic, source: .computed,
                answers: (listed.isEmpty
                    ? ["None was found in the ledger."]
                    : ["\(Self.count(findings.count, "finding")):"] + listed)
                    + declared(.violations))
        case .proofs:
            return computed(
                root.map {
                    [
                        "The head of \(entries) entries is \($0), signed by \(publicKey). Anybody who "
                            + "kept an earlier checkpoint can have its consistency shown, and anybody "
                            + "who kept an entry its inclusion."
                    ]
                } ?? [])
        case .offlineVerification:
            return specified([
                "A device keeps its own record of rounds and its last checkpoint. It checks the "
                    + "signature, the consistency of every newer checkpoint with that one, and that "
                    + "each of its rounds is included, without asking anybody; with its salt it can "
                    + "prove to others that it was invited. An auditor runs the commands below on the "
                    + "file alone."
            ])
        case .unprotected:
            return specified([
                "What a group of people has in common: that is what is learnt. Who is enrolled, who "
                    + "took part and when, towards the coordinator. Data used outside this ledger. "
                    + "What a device's owner or its manufacturer can read on it. A training can still "
                    + "be poisoned by devices, within the clipping norm. The ledger cannot show that "
                    + "devices ran the code they should have."
            ])
        }
    }

    private static func explanation(of relation: NeighbouringRelation) -> String {
        switch relation {
        case .zeroOutOne:
            "Outcomes are about as likely if one user's contributions are all replaced by zeros; that "
                + "the user is enrolled is not hidden."
        case .addOrRemoveOne: "Outcomes are about as likely if one user is not there at all."
        case .replaceOne: "Outcomes are about as likely if one user's data is any other."
        }
    }

    private static func mechanism(_ task: Task) -> String {
        let norms = task.releases.map(\.clippingNorm)
        let ratios = task.releases.filter { $0.clippingNorm > 0 && $0.noiseStandardDeviation > 0 }
            .map { $0.noiseStandardDeviation / $0.clippingNorm }
        let sums = task.releases.map(\.contributors).filter { $0 > 0 }
        return
            "\(task.name): each device clips to an L2 norm of \(range(norms)), rotates, rounds at "
            + "random and adds its share of noise; the sums had noise of \(range(ratios)) clipping "
            + "norms in each coordinate, over \(range(sums.map(Double.init))) devices. Sampling: "
            + "\(task.sampling)."
    }

    private static func trust(_ task: LedgerHistory.Task) -> String? {
        guard let sum = task.rounds.first?.plan.sum else { return nil }
        let policy = task.task.policy
        return
            "\(task.task.name): up to \(percent(policy.colludingShare)) of a cohort may collude with "
            + "the coordinator, their noise not counted; up to \(percent(policy.toleratedDropout)) may "
            + "be lost, and with fewer than \(sum.minimumSurvivors) of \(sum.cohortSize) left nothing "
            + "is revealed. Noise is the same whoever is lost."
    }

    private static func aggregationWords(_ history: LedgerHistory) -> String {
        let kinds = distinct(
            history.tasks.flatMap { $0.rounds.map(\.plan.aggregation.rawValue) })
        return kinds == ["real"]
            ? "Sums are masked (secure aggregation), so that nobody sees a single contribution."
            : "Sums were computed as: \(kinds.joined(separator: ", ")). Only 'real' ones are masked."
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
