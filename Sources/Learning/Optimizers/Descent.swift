internal import Foundation
internal import VectorKernels

/// An optimiser at work on the parameters of a tape.
package final class Descent {
    /// The rule.
    package let optimizer: Optimizer
    /// How the rate changes over the steps.
    package let schedule: Schedule
    /// How many steps were taken.
    package private(set) var steps = 0

    private let tape: Tape
    private let movesAllRows: Bool
    private let states: [[Tensor]]
    /// Each parameter's factor of the rate; 0 where it is frozen.
    private let factors: [Float]

    /// A descent that has taken no step. Call it before the tape runs anything.
    ///
    /// - Parameters:
    ///   - optimizer: The rule.
    ///   - schedule: How the rate changes.
    ///   - tape: Whose parameters move.
    ///   - frozen: Parameters that stay as they are.
    ///   - rates: Factors of the rates of some parameters; 1 for the others.
    ///   - movesAllRows: Whether rows of tables move with what the optimiser keeps of them where no
    ///     gradient touches them: the optimiser as its paper has it, at the price of going through
    ///     all parameters in every step.
    package init(
        _ optimizer: Optimizer, schedule: Schedule = .constant, on tape: Tape,
        freezing frozen: Set<Parameter> = [], rates: [Parameter: Float] = [:],
        movesAllRows: Bool = false
    ) {
        self.movesAllRows = movesAllRows
        self.optimizer = optimizer
        self.schedule = schedule
        self.tape = tape
        let parameters =
            tape.parameters.layout.parameters(.shared)
            + tape.parameters.layout.parameters(.personal)
        var factors = [Float](repeating: 1, count: parameters.count)
        for parameter in parameters {
            factors[parameter.index] =
                frozen.contains(parameter) ? 0 : rates[parameter, default: 1]
        }
        self.factors = factors
        states = (0..<optimizer.stateCount).map { _ in tape.parameters.makeState() }
    }

    /// Moves every touched parameter against its gradient, and clears the gradients.
    ///
    /// - Parameters:
    ///   - scale: What gradients are multiplied by: one over the number of examples, say.
    ///   - clippingNorm: Longer gradients, all parameters together, are scaled down to it.
    ///   - followers: Parameters of other tapes that are to stay equal to these.
    package func step(
        scale: Float = 1, clippingNorm: Double? = nil, followers: [Parameters] = []
    ) {
        steps += 1
        if movesAllRows { tape.parameters.touchAll() }
        var scale = scale
        if let clippingNorm {
            let norm = squaredGradientNorm.squareRoot() * Double(abs(scale))
            if norm > clippingNorm { scale *= Float(clippingNorm / norm) }
        }
        let rateFactor = schedule.factor(step: steps)
        let corrections = corrections
        tape.parameters.forEachTouched { parameter, rows in
            let factor = factors[parameter.index]
            if factor == 0 {
                tape.memory.clearGradient(tape.parameters[parameter].rows(rows))
            } else {
                move(
                    parameter, rows, scale: scale, rateFactor: rateFactor * factor,
                    corrections: corrections)
            }
        }
        for follower in followers { tape.parameters.copyTouched(to: follower) }
        tape.parameters.settle()
    }

    private var squaredGradientNorm: Double {
        var sum = 0.0
        tape.parameters.forEachTouched { parameter, rows in
            guard factors[parameter.index] != 0 else { return }
            sum += tape.memory.squaredGradientNorm(tape.parameters[parameter].rows(rows))
        }
        return sum
    }

    /// Adam's corrections of the moments' start at zero.
    private var corrections: (Float, Float) {
        guard case .adam(_, let beta1, let beta2, _, _) = optimizer else { return (1, 1) }
        return (1 - pow(beta1, Float(steps)), 1 - pow(beta2, Float(steps)))
    }

    private func move(
        _ parameter: Parameter, _ rows: Range<Int>, scale: Float, rateFactor: Float,
        corrections: (Float, Float)
    ) {
        let target = tape.parameters[parameter].rows(rows)
        func state(_ number: Int) -> Tensor { states[number][parameter.index].rows(rows) }
        switch optimizer {
        case .descent(let rate, let decay):
            tape.memory.descend(target, scale: scale, rate: rate * rateFactor, decay: decay)
        case .momentum(let rate, let momentum, let decay):
            tape.memory.descend(
                target, velocity: state(0), scale: scale, rate: rate * rateFactor,
                momentum: momentum, decay: decay)
        case .adam(let rate, let beta1, let beta2, let epsilon, let decay):
            tape.memory.descend(
                target, first: state(0), second: state(1), scale: scale, rate: rate * rateFactor,
                betas: (beta1, beta2), epsilon: epsilon, decay: decay,
                corrections: corrections)
        case .adagrad(let rate, let epsilon):
            tape.memory.descend(
                target, squares: state(0), scale: scale, rate: rate * rateFactor, epsilon: epsilon)
        }
    }
}
