import ArgumentParser
import DifferentialPrivacy
import Foundation
import PrivacyLedger
import Simulation

/// What is released, from flags, a scenario, a ledger or an event.
struct PlanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Noise multiplier: standard deviation (Laplace: scale) over the largest contribution of "
                + "a user.", valueName: "number"))
    var noise: Double?

    @Option(
        help: ArgumentHelp(
            "Sampling rate: the probability with which each user is in a round, by a coin that nobody "
                + "else sees. Default: 1, everyone.", valueName: "rate"))
    var sampling: Double?

    @Option(help: ArgumentHelp("Number of rounds. Default: 1.", valueName: "count"))
    var rounds: Int?

    @Option(help: "The kind of noise.")
    var mechanism: Mechanism = .gaussian

    @Option(
        help: ArgumentHelp(
            "Rounds that differ: rate,noise,count; may be repeated, in place of --noise, --sampling "
                + "and --rounds.", valueName: "rate,noise,count"))
    var phase: [String] = []

    @Option(
        help: ArgumentHelp(
            "Sample exactly this many users a round, with --population; not for add-remove.",
            valueName: "count"))
    var sample: Int?

    @Option(help: ArgumentHelp("Number of users, for --sample.", valueName: "count"))
    var population: Int?

    @Option(
        help: ArgumentHelp(
            "Share of the devices that may know their own noise, where devices add it.",
            valueName: "share"))
    var colluding = 0.0

    @Option(
        help: ArgumentHelp(
            "What an outcome must not tell apart: add-remove, zero-out or replace-one. A cohort of "
                + "fixed size needs one of the latter.", valueName: "relation"))
    var neighbouring: Relation = .addRemove

    @Option(help: ArgumentHelp("A scenario file (YAML).", valueName: "file"))
    var scenario: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a key of the scenario.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: ArgumentHelp("The ledger of a run.", valueName: "file"))
    var ledger: String?

    @Option(help: ArgumentHelp("An event in JSON, as a ledger holds it.", valueName: "file"))
    var event: String?

    enum Mechanism: String, ExpressibleByArgument, CaseIterable {
        case gaussian
        case laplace
    }

    enum Relation: String, ExpressibleByArgument, CaseIterable {
        case addRemove = "add-remove"
        case zeroOut = "zero-out"
        case replaceOne = "replace-one"

        var relation: NeighbouringRelation {
            switch self {
            case .addRemove: .addOrRemoveOne
            case .zeroOut: .zeroOutOne
            case .replaceOne: .replaceOne
            }
        }
    }

    func validate() throws {
        let sources = [scenario, ledger, event].count { $0 != nil }
        let hasFlags =
            noise != nil || sampling != nil || rounds != nil || !phase.isEmpty || sample != nil
        guard sources + (hasFlags ? 1 : 0) <= 1 else {
            throw ValidationError(
                "A plan comes from flags, --scenario, --ledger or --event; give one of them.")
        }
        guard phase.isEmpty || (noise == nil && sampling == nil && rounds == nil && sample == nil)
        else {
            throw ValidationError("--phase takes the place of --noise, --sampling and --rounds.")
        }
        guard (sample == nil) == (population == nil), sample == nil || sampling == nil else {
            throw ValidationError("--sample goes with --population, and without --sampling.")
        }
        guard overrides.isEmpty || scenario != nil else {
            throw ValidationError("--set overrides a key of a --scenario.")
        }
        guard colluding >= 0, colluding < 1 else {
            throw ValidationError("--colluding is a share from 0 to below 1.")
        }
    }

    /// Whether the plan comes from a file, which holds its own noise and rounds.
    var isFromFile: Bool { scenario != nil || ledger != nil || event != nil }

    /// One round at a noise multiplier and a sampling rate.
    func round(noise: Double, rate: Double) -> PrivacyEvent {
        if let sample, let population {
            return .fixedSizeSampled(
                size: sample, population: population, withReplacement: false,
                noiseMultiplier: honest(noise))
        }
        return rate == 1
            ? release(noise: noise) : .poissonSampled(rate: rate, release(noise: noise))
    }

    /// One round with everyone in it.
    private func release(noise: Double) -> PrivacyEvent {
        switch mechanism {
        case .gaussian: .gaussian(noiseMultiplier: honest(noise))
        case .laplace: .laplace(noiseMultiplier: honest(noise))
        }
    }

    /// The plan, with the noise scaled by `scale`.
    func plan(scale: Double = 1) throws -> BudgetPlan {
        if let scenario {
            let scenario = try Scenario(path: scenario, overrides: overrides)
            let plan = try Simulation(scenario: scenario, interruption: Interruption()) { _ in }
                .plan()
            return BudgetPlan(
                name: "scenario \(plan.scenario)", neighbouring: plan.neighbouring,
                rounds: plan.rounds.count, event: plan.events.observer,
                coordinatorEvent: plan.events.coordinator, delta: plan.planned.delta)
        }
        if let ledger { return try Self.plan(ledger: ledger) }
        if let event {
            guard let data = FileManager.default.contents(atPath: event) else {
                throw BudgetError.unreadable(event)
            }
            let decoded: PrivacyEvent
            do {
                decoded = try JSONDecoder().decode(PrivacyEvent.self, from: data)
            } catch let error as DecodingError {
                throw BudgetError.invalid("\(event) is not an event: \(error.place)")
            }
            return BudgetPlan(
                name: "event \(event)", neighbouring: neighbouring.relation, rounds: 1,
                event: decoded)
        }
        if !phase.isEmpty { return try plan(phases: phase.map(Self.parse), scale: scale) }
        guard let noise else {
            throw BudgetError.invalid(
                "no plan: give --noise, --phase, --scenario, --ledger or --event")
        }
        return plan(noise: noise * scale, rate: sampling ?? 1, rounds: rounds ?? 1)
    }

    func plan(noise: Double, rate: Double, rounds: Int) -> BudgetPlan {
        let round = round(noise: noise, rate: rate)
        let sampled =
            sample.map { "\($0) of \(population ?? 0) users a round" }
            ?? (rate == 1
                ? "everyone in every round" : "each user in a round with probability \(rate)")
        return BudgetPlan(
            name: "\(rounds) rounds, \(sampled), noise \(noise)",
            neighbouring: neighbouring.relation, rounds: rounds,
            event: .repeated(round, count: rounds),
            coordinatorEvent: .repeated(release(noise: noise), count: rounds))
    }

    private func honest(_ noise: Double) -> Double {
        PrivacyEvent.honestNoiseMultiplier(noise, colludingShare: colluding)
    }

    private func plan(
        phases: [(rate: Double, noise: Double, count: Int)], scale: Double
    ) throws -> BudgetPlan {
        BudgetPlan(
            name: "\(phases.count) phases", neighbouring: neighbouring.relation,
            rounds: phases.reduce(0) { $0 + $1.count },
            event: .composed(
                phases.map {
                    .repeated(round(noise: $0.noise * scale, rate: $0.rate), count: $0.count)
                }),
            coordinatorEvent: .composed(
                phases.map { .repeated(release(noise: $0.noise * scale), count: $0.count) }))
    }

    private static func parse(_ text: String) throws -> (rate: Double, noise: Double, count: Int) {
        let parts = text.split(separator: ",").map(String.init)
        guard parts.count == 3, let rate = Double(parts[0]), let noise = Double(parts[1]),
            let count = Int(parts[2]), count >= 0
        else {
            throw BudgetError.invalid(
                "--phase \(text): expected rate,noise,count, such as 0.01,1.1,500")
        }
        return (rate, noise, count)
    }

    private static func plan(ledger path: String) throws -> BudgetPlan {
        let ledger = try LedgerVerification(path: path)
        guard ledger.findings.isEmpty else {
            throw BudgetError.invalid(
                "the ledger \(path) is not in order; see covey audit verify \(path)")
        }
        let history = LedgerHistory(ledger.entries)
        guard let opening = history.opening, let spent = ledger.spent else {
            throw BudgetError.invalid("the ledger \(path) has no round that was charged")
        }
        return BudgetPlan(
            name: "ledger \(path), for any device within its sampling claims",
            neighbouring: opening.neighbouring,
            rounds: history.tasks.reduce(0) { $0 + $1.charged.count },
            event: history.event(against: .observer),
            coordinatorEvent: history.event(against: .coordinator), recorded: spent,
            delta: spent.delta)
    }
}

/// A plan of releases.
struct BudgetPlan {
    var name: String
    var neighbouring: NeighbouringRelation
    var rounds: Int
    /// What observers of the results see.
    var event: PrivacyEvent
    /// What the one who runs the rounds sees, if that is more.
    var coordinatorEvent: PrivacyEvent?
    /// What a ledger says was spent.
    var recorded: Spent?
    /// The delta that goes with the plan.
    var delta = 1e-6

    func accountant(
        _ event: PrivacyEvent? = nil, under relation: NeighbouringRelation? = nil
    ) throws -> PrivacyAccountant {
        var accountant = PrivacyAccountant(neighbouring: relation ?? neighbouring)
        try accountant.compose(event ?? self.event)
        return accountant
    }
}
