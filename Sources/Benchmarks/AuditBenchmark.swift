import ArgumentParser
import DifferentialPrivacy
import Foundation
import PrivacyAudit
import Sodium

/// The statistics of an audit: power and time on an ideal Gaussian sum, false alarms where nothing
/// leaks.
struct AuditBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Power, false alarms and time of audits by canaries.")

    @Option(help: "The number of canaries.")
    var canaries = 10_000

    @Option(help: "Runs a figure.")
    var runs = 101

    private static let delta = 1e-5

    func run() throws {
        let level = try AuditLevel(delta: Self.delta)
        for epsilon in [1.0, 2, 4, 8] {
            let budget = try PrivacyBudget(epsilon: epsilon, delta: Self.delta)
            let noise = try budget.smallestNoise(neighbouring: .addOrRemoveOne) {
                .gaussian(noiseMultiplier: $0)
            }.value
            let bounds = try measure(shift: 1 / noise, level: level)
            print("epsilon \(epsilon), \(canaries) canaries, medians of \(runs) runs")
            for (method, values) in bounds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                let median = values.sorted()[values.count / 2]
                let name = method.rawValue.padding(toLength: 28, withPad: " ", startingAt: 0)
                print("  \(name)" + String(format: "%.3f", median))
            }
        }
        print("no leakage: share of \(runs) runs with a bound above 0")
        for (method, values) in try measure(shift: 0, level: level)
            .sorted(by: { $0.key.rawValue < $1.key.rawValue })
        {
            let share = Double(values.count { $0 > 0 }) / Double(values.count)
            let name = method.rawValue.padding(toLength: 28, withPad: " ", startingAt: 0)
            print("  \(name)" + String(format: "%.3f", share))
        }
        let scores = try scores(shift: 1, run: 0)
        report("all bounds of one audit", Stopwatch.best { _ = scores.bounds(at: level) })
    }

    private func measure(
        shift: Double, level: AuditLevel
    ) throws -> [AuditBound.Method: [Double]] {
        var measured: [AuditBound.Method: [Double]] = [:]
        for run in 0..<runs {
            for bound in try scores(shift: shift, run: run).bounds(at: level) {
                measured[bound.method, default: []].append(bound.epsilon)
            }
        }
        return measured
    }

    /// Scores of canaries on orthogonal directions: normal, shifted where included.
    private func scores(shift: Double, run: Int) throws -> CanaryScores {
        var randomness = SeededRandomness(seed: UInt64(run), label: "audit benchmark", "\(shift)")
        return try CanaryScores(
            (0..<canaries).map { _ in
                let isIncluded = Bool.random(using: &randomness)
                let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &randomness)))
                    .squareRoot()
                let angle = Double.random(in: 0..<2 * .pi, using: &randomness)
                return (radius * cos(angle) + (isIncluded ? shift : 0), isIncluded)
            })
    }
}
