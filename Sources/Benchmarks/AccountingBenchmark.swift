import ArgumentParser
import DifferentialPrivacy
import Foundation

/// Privacy accounting.
struct AccountingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounting",
        abstract: "Epsilons with bounds, streams of rounds, calibration.",
        discussion: """
            scripts/accounting-peers measures dp-accounting and prv-accountant on the same questions, \
            in an environment of its own.
            """)

    func run() throws {
        let step = PrivacyEvent.poissonSampled(rate: 0.01, .gaussian(noiseMultiplier: 1))
        var epsilon: EpsilonBounds?
        for width in [1e-5, 1e-6, 1e-9] {
            let seconds = try Self.best {
                var accountant = PrivacyAccountant(
                    neighbouring: .addOrRemoveOne, relativeWidth: width)
                try accountant.compose(step, count: 10_000)
                epsilon = try accountant.epsilon(delta: 1e-6)
            }
            show("q 0.01, sigma 1, 10,000 rounds, width \(width)", seconds, epsilon)
        }
        try rounds()
        for (name, event) in [
            ("2 rounds of q 0.01, sigma 1", PrivacyEvent.repeated(step, count: 2)),
            (
                "1 million rounds of q 0.001, sigma 1",
                .repeated(
                    .poissonSampled(rate: 1e-3, .gaussian(noiseMultiplier: 1)), count: 1_000_000)
            ),
            (
                "Laplace, scale 30, 1,000 rounds",
                .repeated(.laplace(noiseMultiplier: 30), count: 1000)
            ),
        ] {
            let seconds = try Self.best(of: 2) {
                var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
                try accountant.compose(event)
                epsilon = try accountant.epsilon(delta: 1e-6)
            }
            show(name, seconds, epsilon)
        }
        let budget = try PrivacyBudget(epsilon: 2, delta: 1e-6)
        var calibrated: Calibrated?
        let seconds = try Self.best {
            calibrated = try budget.smallestNoise(neighbouring: .addOrRemoveOne) { noise in
                .repeated(
                    .poissonSampled(rate: 0.01, .gaussian(noiseMultiplier: noise)), count: 1000)
            }
        }
        report("noise for epsilon 2, q 0.01, 1,000 rounds", seconds)
        print("  sigma \(calibrated?.value ?? .nan)")
    }

    /// The least wall-clock seconds of several runs: large accounts use all cores.
    private static func best(of runs: Int = 5, _ body: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<runs {
            let start = ContinuousClock.now
            try body()
            best = min(best, (ContinuousClock.now - start) / .seconds(1))
        }
        return best
    }

    /// A thousand rounds of different rates and noise, then one more.
    private func rounds() throws {
        var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
        var spent: EpsilonBounds?
        let all = try Self.best(of: 3) {
            accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
            for index in 0..<1000 { try accountant.compose(Self.round(index)) }
            spent = try accountant.spent(delta: 1e-6)
        }
        show("1,000 different rounds", all, spent)
        let start = ContinuousClock.now
        for index in 0..<10 {
            try accountant.compose(Self.round(1000 + index))
            spent = try accountant.spent(delta: 1e-6)
        }
        show("one more of them", (ContinuousClock.now - start) / .seconds(10), spent)
    }

    private static func round(_ index: Int) -> PrivacyEvent {
        .poissonSampled(
            rate: 0.005 + 0.00001 * Double(index),
            .gaussian(noiseMultiplier: 0.8 + 0.001 * Double(index)))
    }

    private func show(_ name: String, _ seconds: Double, _ epsilon: EpsilonBounds?) {
        report(name, seconds)
        guard let epsilon else { return }
        print(
            "  epsilon in [\(epsilon.lower), \(epsilon.upper)], width "
                + String(format: "%.0e", epsilon.relativeWidth) + ", \(epsilon.accountant.rawValue)"
        )
    }
}
