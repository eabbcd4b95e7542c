/// How parameters follow their gradients.
///
/// Tables move only where a step touched them, and what an optimiser keeps of other rows stays as it
/// is: for Adam the "lazy" variant, whose moments do not decay while a row rests.
package enum Optimizer: Sendable, Hashable {
    /// Gradient descent: p -= rate (g + decay p).
    case descent(rate: Float, decay: Float = 0)
    /// Polyak's momentum: v = momentum v + g + decay p; p -= rate v.
    case momentum(rate: Float, momentum: Float = 0.9, decay: Float = 0)
    /// Adam: Kingma and Ba, ICLR 2015, algorithm 1; with decoupled decay: Loshchilov and Hutter,
    /// ICLR 2019.
    case adam(
        rate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        decay: Float = 0)
    /// Adagrad: Duchi, Hazan and Singer, JMLR 12, 2011.
    case adagrad(rate: Float, epsilon: Float = 1e-10)

    /// How many matrices of the parameters' shape it keeps.
    var stateCount: Int {
        switch self {
        case .descent: 0
        case .momentum, .adagrad: 1
        case .adam: 2
        }
    }
}
