internal import CVectorKernels

/// The server optimiser FedAdam: Reddi et al., "Adaptive federated optimization", ICLR 2021,
/// algorithm 2, without bias correction.
package struct AdamStep: Sendable {
    /// The learning rate.
    package var rate: Float
    /// The decay of the first moment.
    package var beta1: Float
    /// The decay of the second moment.
    package var beta2: Float
    /// The degree of adaptivity, added to the root of the second moment.
    package var epsilon: Float

    /// Describes the optimiser.
    package init(rate: Float, beta1: Float, beta2: Float, epsilon: Float) {
        self.rate = rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// Moves the parameters along `scale` times the first of the values of `sum`.
    package func apply(
        _ sum: [Float], scale: Float, to parameters: inout [Float], first: inout [Float],
        second: inout [Float]
    ) {
        let count = parameters.count
        precondition(sum.count >= count && first.count == count && second.count == count)
        covey_adam_step(
            &parameters, &first, &second, sum, count, scale, rate, beta1, beta2, epsilon)
    }
}
