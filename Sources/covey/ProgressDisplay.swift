import Foundation
import PrivacyLedger
import Recommender
import Simulation
import Synchronization

/// Shows what a simulation is doing on standard error: one line that renews itself on a terminal, a
/// line a round elsewhere.
final class ProgressDisplay: Sendable {
    private struct State {
        var start = Date()
        var quality = ""
        var epsilon = ""
        var lost = ""
        var budget = 0.0
    }

    private let line = StatusLine()
    private let state = Mutex(State())

    /// Takes an event of the simulation, from any task.
    func show(_ event: SimulationEvent) {
        state.withLock { state in
            switch event {
            case .planned(let plan):
                state.start = Date()
                state.budget = plan.planned.epsilonCoordinator
                line.keep(
                    "\(plan.scenario): \(plan.devices) devices, \(plan.items) items, "
                        + "\(plan.rounds.count) rounds of \(plan.algorithm), "
                        + "\(plan.aggregation) aggregation")
            case .step(let round, let rounds, let query, let step, let done, let total):
                let share = (Double(round) + Double(done) / Double(max(total, 1))) / Double(rounds)
                let left =
                    share > 0.02
                    ? -state.start.timeIntervalSinceNow * (1 - share) / share : .nan
                line.renew(
                    "round \(round + 1)/\(rounds) \(query): \(step) \(done)/\(total)"
                        + state.lost + state.quality + state.epsilon
                        + (left.isFinite ? "  about \(Self.duration(left)) left" : ""))
            case .roundFinished(let metrics, let rounds):
                let lost = metrics.invited - metrics.survivors[2]
                state.lost = lost > 0 ? "  \(lost) lost" : ""
                if let quality = metrics.quality {
                    state.quality =
                        "  HR@\(quality.cutoff) " + Self.number(quality.sampled.hitRate, 3)
                }
                state.epsilon =
                    "  epsilon " + Self.number(metrics.spent.epsilonCoordinator, 2) + " of "
                    + Self.number(state.budget, 2)
                if !line.isTerminal || rounds <= 10 {
                    line.keep(
                        "round \(metrics.round + 1)/\(rounds) \(metrics.query): "
                            + "\(metrics.survivors[2]) of \(metrics.invited) devices in the sum"
                            + state.quality + state.epsilon)
                }
            case .stage(let text):
                line.announce(text)
            }
        }
    }

    /// Removes the line that renews itself.
    func clear() { line.clear() }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole >= 60 ? "\(whole / 60) min \(whole % 60) s" : "\(whole) s"
    }

    private static func number(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }
}
