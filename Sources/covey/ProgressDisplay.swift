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
        var lastDraw = Date.distantPast
        var quality = ""
        var epsilon = ""
        var lost = ""
        var budget = 0.0
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    /// Takes an event of the simulation, from any task.
    func show(_ event: SimulationEvent) {
        state.withLock { state in
            switch event {
            case .planned(let plan):
                state.start = Date()
                state.budget = plan.planned.epsilonCoordinator
                permanent(
                    "\(plan.scenario): \(plan.devices) devices, \(plan.items) items, "
                        + "\(plan.rounds.count) rounds of \(plan.algorithm), "
                        + "\(plan.aggregation) aggregation")
            case .step(let round, let rounds, let query, let step, let done, let total):
                let now = Date()
                guard isTerminal, now.timeIntervalSince(state.lastDraw) > 0.1 || done == total
                else {
                    return
                }
                state.lastDraw = now
                let share = (Double(round) + Double(done) / Double(max(total, 1))) / Double(rounds)
                let left =
                    share > 0.02
                    ? now.timeIntervalSince(state.start) * (1 - share) / share : .nan
                transient(
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
                if !isTerminal || rounds <= 10 {
                    permanent(
                        "round \(metrics.round + 1)/\(rounds) \(metrics.query): "
                            + "\(metrics.survivors[2]) of \(metrics.invited) devices in the sum"
                            + state.quality + state.epsilon)
                }
            case .stage(let text):
                if isTerminal { transient(text) } else { permanent(text) }
            }
        }
    }

    /// Removes the line that renews itself.
    func clear() { if isTerminal { write("\r\u{1B}[K") } }

    private func transient(_ line: String) { write("\r\u{1B}[K" + line) }

    private func permanent(_ line: String) { write((isTerminal ? "\r\u{1B}[K" : "") + line + "\n") }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole >= 60 ? "\(whole / 60) min \(whole % 60) s" : "\(whole) s"
    }

    private static func number(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }
}
