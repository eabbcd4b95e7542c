import ArgumentParser
import DifferentialPrivacy
import Foundation

/// A target, and how to print what meets it.
struct TargetOptions: ParsableArguments {
    @Option(help: "The epsilon that must not be exceeded.")
    var epsilon: Double

    @Option(help: "The probability with which the bound may fail.")
    var delta = 1e-6

    @Flag(help: "Print JSON.")
    var json = false

    func show(_ name: String, _ value: Double, _ found: Calibrated?, _ remark: String) throws {
        struct Answer: Encodable {
            let quantity: String
            let value: Double
            let exceeding: Double?
            let targetEpsilon: Double
            let delta: Double
            let epsilon: EpsilonBounds?
        }
        if json {
            print(
                try jsonText(
                    Answer(
                        quantity: name, value: value, exceeding: found?.exceeding,
                        targetEpsilon: epsilon, delta: delta, epsilon: found?.epsilon)))
            return
        }
        print(remark)
        if let found {
            print(
                "epsilon \(BudgetAnswer.number(found.epsilon.upper)) of \(epsilon) at delta \(delta)"
            )
        }
    }
}

extension Budget {
    /// The noise that a target takes.
    struct Noise: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "noise",
            abstract: "The smallest noise multiplier that keeps within a target.",
            discussion: """
                With --phase the answer is the factor by which to multiply the noise of all phases.

                Examples:
                  covey budget noise --epsilon 2 --delta 1e-6 --sampling 0.01 --rounds 1000
                  covey budget noise --epsilon 4 --phase 0.01,1,500 --phase 0.05,2,100
                """)

        @OptionGroup var target: TargetOptions
        @OptionGroup var options: PlanOptions

        func validate() throws {
            guard options.noise == nil, !options.isFromFile else {
                throw ValidationError(
                    "The noise is the answer here; give --sampling and --rounds, or --phase.")
            }
        }

        func run() throws {
            try reporting {
                let budget = try PrivacyBudget(epsilon: target.epsilon, delta: target.delta)
                let hasPhases = !options.phase.isEmpty
                func event(_ noise: Double) throws -> PrivacyEvent {
                    try hasPhases
                        ? options.plan(scale: noise).event
                        : options.plan(
                            noise: noise, rate: options.sampling ?? 1, rounds: options.rounds ?? 1
                        ).event
                }
                _ = try event(1)
                let found = try budget.smallestNoise(neighbouring: options.neighbouring.relation) {
                    (try? event($0)) ?? .gaussian(noiseMultiplier: 0)
                }
                try target.show(
                    hasPhases ? "noise factor" : "noise multiplier", found.value, found,
                    (hasPhases ? "factor on all noise  " : "noise multiplier  ")
                        + BudgetAnswer.number(found.value))
            }
        }
    }

    /// The rounds that a target allows.
    struct Rounds: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rounds", abstract: "The most rounds that keep within a target.",
            discussion: """
                Examples:
                  covey budget rounds --epsilon 4 --delta 1e-6 --noise 1.1 --sampling 0.01
                """)

        @OptionGroup var target: TargetOptions
        @OptionGroup var options: PlanOptions

        func validate() throws {
            guard options.rounds == nil, options.phase.isEmpty, !options.isFromFile else {
                throw ValidationError(
                    "The rounds are the answer here; give --noise and --sampling.")
            }
        }

        func run() throws {
            try reporting {
                guard let noise = options.noise else {
                    throw BudgetError.invalid("the rounds depend on the noise; give --noise")
                }
                let budget = try PrivacyBudget(epsilon: target.epsilon, delta: target.delta)
                let rounds = try budget.mostRounds(
                    neighbouring: options.neighbouring.relation,
                    event: options.round(noise: noise, rate: options.sampling ?? 1))
                try target.show(
                    "rounds", Double(rounds), nil,
                    rounds == 0
                        ? "not even one round keeps epsilon at \(target.epsilon); use more noise"
                        : "rounds  \(rounds)")
            }
        }
    }

    /// The sampling rate that a target allows.
    struct Rate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rate", abstract: "The largest sampling rate that keeps within a target.",
            discussion: """
                Examples:
                  covey budget rate --epsilon 2 --delta 1e-6 --noise 1 --rounds 1000
                """)

        @OptionGroup var target: TargetOptions
        @OptionGroup var options: PlanOptions

        func validate() throws {
            guard options.sampling == nil, options.phase.isEmpty, options.sample == nil,
                !options.isFromFile
            else {
                throw ValidationError("The rate is the answer here; give --noise and --rounds.")
            }
        }

        func run() throws {
            try reporting {
                guard let noise = options.noise else {
                    throw BudgetError.invalid("the rate depends on the noise; give --noise")
                }
                let budget = try PrivacyBudget(epsilon: target.epsilon, delta: target.delta)
                let found = try budget.largestRate(neighbouring: options.neighbouring.relation) {
                    .repeated(options.round(noise: noise, rate: $0), count: options.rounds ?? 1)
                }
                guard let found else {
                    throw BudgetError.invalid(
                        "no sampling rate keeps epsilon at \(target.epsilon); use more noise")
                }
                try target.show(
                    "sampling rate", found.value, found,
                    "sampling rate  " + BudgetAnswer.number(found.value, .down))
            }
        }
    }
}
