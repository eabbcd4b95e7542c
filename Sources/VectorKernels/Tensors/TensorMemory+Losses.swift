internal import CVectorKernels

// Losses: sums over rows times a scale. Their gradients are added at once, not when gradients go back.
extension TensorMemory {
    private func slopes(_ x: Tensor) -> UnsafeMutablePointer<Float>? {
        keepsGradients ? gradient(x) : nil
    }

    /// Cross-entropy of logits x with labels from 0 to 1, weighted where weights are given.
    package func crossEntropy(
        _ x: Tensor, labels: Tensor, weights: Tensor?, scale: Float
    ) -> Double {
        precondition(x.isContiguous && labels.isContiguous && labels.count == x.count)
        precondition(weights.map { $0.count == x.count && $0.isContiguous } ?? true)
        return covey_cross_entropy(
            slopes(x), value(x), value(labels), weights.flatMap(value), x.count, scale)
    }

    /// The squared error of x, weighted where weights are given.
    package func squaredError(
        _ x: Tensor, targets: Tensor, weights: Tensor?, scale: Float
    ) -> Double {
        precondition(x.isContiguous && targets.isContiguous && targets.count == x.count)
        precondition(weights.map { $0.count == x.count && $0.isContiguous } ?? true)
        return covey_squared_error(
            slopes(x), value(x), value(targets), weights.flatMap(value), x.count, scale)
    }

    /// Cross-entropy of each row's softmax with its targets: those of `targets` in the row's run.
    /// The logits are used by nothing else.
    package func softmaxCrossEntropy(
        _ x: Tensor, targets: RowNumbers, runs: RowNumbers, scale: Float
    ) -> Double {
        precondition(x.isContiguous && runs.runs == x.rows)
        return covey_softmax_cross_entropy(
            slopes(x), value(x), x.rows, x.columns, starts(runs, of: targets.count),
            numbers(targets, from: 0, below: x.columns), scale)
    }

    /// The divergence of normal distributions from the standard one.
    package func divergence(means: Tensor, logVariances: Tensor, scale: Float) -> Double {
        precondition(means.isContiguous && logVariances.isContiguous)
        precondition(means.count == logVariances.count)
        return covey_divergence(
            slopes(means), slopes(logVariances), value(means), value(logVariances),
            means.count, scale)
    }
}
