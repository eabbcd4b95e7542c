internal import Foundation

/// How a learning rate changes over the steps of a training: a factor of the optimiser's rate.
package enum Schedule: Sendable, Hashable {
    /// It stays.
    case constant
    /// It rises from 0 over the first steps, then stays.
    case warmup(steps: Int)
    /// It rises over `warmup` steps, then falls to 0 along half a cosine until `steps`: Loshchilov
    /// and Hutter, "SGDR", ICLR 2017.
    case cosine(warmup: Int, steps: Int)
    /// It is multiplied by `factor` after every `interval` steps.
    case exponential(factor: Float, interval: Int)

    /// The factor of a step, counted from 1.
    package func factor(step: Int) -> Float {
        switch self {
        case .constant: return 1
        case .warmup(let steps): return min(1, Float(step) / Float(max(1, steps)))
        case .cosine(let warmup, let steps):
            if step < warmup { return Float(step) / Float(warmup) }
            let share = Float(step - warmup) / Float(max(1, steps - warmup))
            return 0.5 * (1 + cos(.pi * min(1, share)))
        case .exponential(let factor, let interval):
            return pow(factor, Float((step - 1) / max(1, interval)))
        }
    }
}
