internal import CVectorKernels

// Steps of optimisers: against gradients times `scale`, which are cleared. What an optimiser keeps
// lies in tensors of the same shape.
extension TensorMemory {
    /// Gradient descent.
    package func descend(_ parameters: Tensor, scale: Float, rate: Float, decay: Float) {
        precondition(parameters.isContiguous)
        covey_descend(
            value(parameters), gradient(parameters), parameters.count, scale, rate, decay)
    }

    /// Gradient descent with momentum.
    package func descend(
        _ parameters: Tensor, velocity: Tensor, scale: Float, rate: Float, momentum: Float,
        decay: Float
    ) {
        precondition(parameters.isContiguous && velocity.count == parameters.count)
        covey_descend_with_momentum(
            value(parameters), gradient(parameters), value(velocity), parameters.count, scale,
            rate, momentum, decay)
    }

    /// Adam; corrections are 1 - beta^steps.
    package func descend(
        _ parameters: Tensor, first: Tensor, second: Tensor, scale: Float, rate: Float,
        betas: (Float, Float), epsilon: Float, decay: Float, corrections: (Float, Float)
    ) {
        precondition(parameters.isContiguous && first.count == parameters.count)
        precondition(second.count == parameters.count)
        covey_descend_with_moments(
            value(parameters), gradient(parameters), value(first), value(second),
            parameters.count, scale, rate, betas.0, betas.1, epsilon, decay, corrections.0,
            corrections.1)
    }

    /// Adagrad.
    package func descend(
        _ parameters: Tensor, squares: Tensor, scale: Float, rate: Float, epsilon: Float
    ) {
        precondition(parameters.isContiguous && squares.count == parameters.count)
        covey_descend_adaptively(
            value(parameters), gradient(parameters), value(squares), parameters.count, scale,
            rate, epsilon)
    }

    /// The squared norm of a gradient.
    package func squaredGradientNorm(_ parameters: Tensor) -> Double {
        precondition(parameters.isContiguous)
        return covey_squared_norm(gradient(parameters), parameters.count)
    }
}
