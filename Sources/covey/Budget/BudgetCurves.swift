import DifferentialPrivacy
import Foundation
import Simulation

/// The curves of a plan, for a page with charts.
struct BudgetCurves {
    let plan: BudgetPlan
    let answer: BudgetAnswer

    func write(to path: String) throws {
        let accountant = try plan.accountant()
        let epsilon = answer.epsilon.upper
        let reach = epsilon.isFinite && epsilon > 0 ? 1.6 * epsilon : 1
        let deltas = try (0...32).map { index in
            let epsilon = reach * Double(index) / 32
            return (x: epsilon, y: try accountant.delta(epsilon: epsilon).upper)
        }
        let rates = (0...50).map { Double($0) / 50 }
        let tradeOff = try accountant.tradeOff(falsePositiveRates: rates)
        let report = BudgetReport(
            title: "Privacy budget", plan: plan.name, relation: plan.neighbouring.rawValue,
            delta: answer.delta, epsilon: (answer.epsilon.lower, epsilon),
            coordinatorEpsilon: answer.coordinator?.upper,
            meaning: BudgetAnswer.inWords(answer.bestGuess),
            bestGuess: answer.bestGuess, overRounds: try overRounds(), deltas: deltas,
            tradeOff: tradeOff.map { ($0.falsePositiveRate, $0.truePositiveRate) })
        do { try Data(report.render().utf8).write(to: URL(filePath: path)) } catch {
            throw BudgetError.invalid("\(path) cannot be written; choose another place")
        }
    }

    /// Epsilon after a growing number of rounds: of a repeated event, or of the parts of a
    /// composition.
    private func overRounds() throws -> [(x: Double, y: Double)] {
        var parts: [(event: PrivacyEvent, count: Int)] = []
        let events: [PrivacyEvent]
        if case .composed(let composed) = plan.event {
            events = composed
        } else {
            events = [plan.event]
        }
        for event in events {
            if case .repeated(let event, let count) = event {
                parts.append((event, count))
            } else {
                parts.append((event, 1))
            }
        }
        let total = parts.reduce(0) { $0 + $1.count }
        let stride = max(1, total / 24)
        var points: [(x: Double, y: Double)] = [(0, 0)]
        var accountant = PrivacyAccountant(neighbouring: plan.neighbouring)
        var done = 0
        for part in parts {
            var left = part.count
            while left > 0 {
                let next = min(left, stride - done % stride)
                try accountant.compose(part.event, count: next)
                done += next
                left -= next
                guard done % stride == 0 || done == total else { continue }
                points.append((Double(done), try accountant.spent(delta: answer.delta).upper))
            }
        }
        return points
    }
}
