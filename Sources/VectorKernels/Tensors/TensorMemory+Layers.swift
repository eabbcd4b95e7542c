internal import CVectorKernels

// The layers of networks, forward and backward. Results do not overlap what they are made of;
// backward functions add to gradients.
extension TensorMemory {
    /// What bends the results of a linear layer.
    package enum Activation: String, Sendable, Hashable, CaseIterable {
        /// max(x, 0).
        case relu
        /// x Φ(x): Hendrycks and Gimpel, "Gaussian error linear units", 2016.
        case gelu
        /// 1 / (1 + e^-x).
        case sigmoid
        /// tanh x.
        case tanh

        fileprivate var kind: covey_activation {
            switch self {
            case .relu: COVEY_RELU
            case .gelu: COVEY_GELU
            case .sigmoid: COVEY_SIGMOID
            case .tanh: COVEY_TANH
            }
        }
    }

    private func multiply(
        _ rows: Int, _ inner: Int, _ columns: Int, _ a: covey_matrix, _ b: covey_matrix,
        into c: UnsafeMutablePointer<Float>?, stride: Int, accumulating: Bool
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: covey_multiply_workspace()) {
            covey_multiply(
                rows, inner, columns, a, b, c, stride, accumulating ? 1 : 0, $0.baseAddress)
        }
    }

    private func matrix(_ pointer: UnsafeMutablePointer<Float>?, _ stride: Int) -> covey_matrix {
        covey_matrix(values: pointer, row_stride: stride, column_stride: 1)
    }

    private func transposed(
        _ pointer: UnsafeMutablePointer<Float>?, _ stride: Int
    ) -> covey_matrix {
        covey_matrix(values: pointer, row_stride: 1, column_stride: stride)
    }

    /// y = x w + bias, w being inputs × outputs.
    package func dense(_ x: Tensor, _ w: Tensor, bias: Tensor?, into y: Tensor) {
        precondition(x.columns == w.rows && y.rows == x.rows && y.columns == w.columns)
        if let bias {
            precondition(bias.count == y.columns && bias.isContiguous)
            covey_fill_rows(value(y), y.stride, value(bias), y.rows, y.columns)
        }
        multiply(
            x.rows, x.columns, w.columns, matrix(value(x), x.stride), matrix(value(w), w.stride),
            into: value(y), stride: y.stride, accumulating: bias != nil)
    }

    /// The gradients of ``dense(_:_:bias:into:)``.
    package func denseBackward(
        _ x: Tensor, _ w: Tensor, bias: Tensor?, of y: Tensor, reachingInputs: Bool
    ) {
        precondition(x.columns == w.rows && y.rows == x.rows && y.columns == w.columns)
        if let bias {
            covey_add_rows(gradient(bias), gradient(y), y.stride, y.rows, y.columns)
        }
        multiply(
            w.rows, x.rows, w.columns, transposed(value(x), x.stride),
            matrix(gradient(y), y.stride), into: gradient(w), stride: w.stride,
            accumulating: true)
        guard reachingInputs else { return }
        multiply(
            x.rows, w.columns, w.rows, matrix(gradient(y), y.stride),
            transposed(value(w), w.stride), into: gradient(x), stride: x.stride,
            accumulating: true)
    }

    /// y = x tᵀ: the product of each row of x with each row of t.
    package func products(_ x: Tensor, withRowsOf t: Tensor, into y: Tensor) {
        precondition(x.columns == t.columns && y.rows == x.rows && y.columns == t.rows)
        multiply(
            x.rows, x.columns, t.rows, matrix(value(x), x.stride), transposed(value(t), t.stride),
            into: value(y), stride: y.stride, accumulating: false)
    }

    /// The gradients of ``products(_:withRowsOf:into:)``.
    package func productsBackward(_ x: Tensor, withRowsOf t: Tensor, of y: Tensor) {
        precondition(x.columns == t.columns && y.rows == x.rows && y.columns == t.rows)
        multiply(
            x.rows, t.rows, x.columns, matrix(gradient(y), y.stride), matrix(value(t), t.stride),
            into: gradient(x), stride: x.stride, accumulating: true)
        multiply(
            t.rows, x.rows, x.columns, transposed(gradient(y), y.stride),
            matrix(value(x), x.stride), into: gradient(t), stride: t.stride, accumulating: true)
    }

    /// y = activation(x).
    package func activate(_ x: Tensor, _ activation: Activation, into y: Tensor) {
        precondition(x.count == y.count && x.isContiguous && y.isContiguous)
        covey_activate(value(y), value(x), x.count, activation.kind)
    }

    /// The gradient of ``activate(_:_:into:)``.
    package func activateBackward(_ x: Tensor, _ activation: Activation, of y: Tensor) {
        precondition(x.count == y.count && x.isContiguous && y.isContiguous)
        covey_activate_backward(
            gradient(x), gradient(y), value(x), value(y), x.count, activation.kind)
    }

    /// y = a + scale b.
    package func combine(_ a: Tensor, _ b: Tensor, scale: Float, into y: Tensor) {
        precondition(a.count == y.count && b.count == y.count)
        precondition(a.isContiguous && b.isContiguous && y.isContiguous)
        covey_combine(value(y), value(a), value(b), scale, y.count)
    }

    /// The gradients of ``combine(_:_:scale:into:)``.
    package func combineBackward(_ a: Tensor, _ b: Tensor, scale: Float, of y: Tensor) {
        covey_add(gradient(a), gradient(y), 1, y.count)
        covey_add(gradient(b), gradient(y), scale, y.count)
    }

    /// y = a ∘ b.
    package func multiply(_ a: Tensor, _ b: Tensor, into y: Tensor) {
        precondition(a.count == y.count && b.count == y.count)
        precondition(a.isContiguous && b.isContiguous && y.isContiguous)
        covey_multiply_elements(value(y), value(a), value(b), y.count, 0)
    }

    /// The gradients of ``multiply(_:_:into:)``.
    package func multiplyBackward(_ a: Tensor, _ b: Tensor, of y: Tensor) {
        covey_multiply_elements(gradient(a), gradient(y), value(b), y.count, 1)
        covey_multiply_elements(gradient(b), gradient(y), value(a), y.count, 1)
    }

    /// Copies a matrix into columns of another of as many rows.
    package func copy(_ x: Tensor, into y: Tensor) {
        precondition(x.rows == y.rows && x.columns == y.columns)
        guard let from = value(x), let to = value(y) else { return }
        for row in 0..<x.rows {
            (to + row * y.stride).update(from: from + row * x.stride, count: x.columns)
        }
    }

    /// The gradient of ``copy(_:into:)``.
    package func copyBackward(_ x: Tensor, of y: Tensor) {
        precondition(x.rows == y.rows && x.columns == y.columns)
        guard let to = gradient(x), let from = gradient(y) else { return }
        for row in 0..<x.rows {
            covey_add(to + row * x.stride, from + row * y.stride, 1, x.columns)
        }
    }

    /// Inverted dropout, a function of the seed and the place.
    package func drop(_ x: Tensor, rate: Float, seed: UInt32, into y: Tensor) {
        precondition(x.count == y.count && x.isContiguous && y.isContiguous)
        covey_drop(value(y), value(x), x.count, rate, seed, 0)
    }

    /// The gradient of ``drop(_:rate:seed:into:)``.
    package func dropBackward(_ x: Tensor, rate: Float, seed: UInt32, of y: Tensor) {
        covey_drop(gradient(x), gradient(y), x.count, rate, seed, 1)
    }

    /// Layer normalisation; `statistics` has two columns.
    package func normalize(
        _ x: Tensor, gain: Tensor, bias: Tensor, statistics: Tensor, epsilon: Float,
        into y: Tensor
    ) {
        precondition(x.isContiguous && y.isContiguous && x.count == y.count)
        precondition(gain.count == x.columns && bias.count == x.columns)
        precondition(statistics.count == 2 * x.rows)
        covey_normalize(
            value(y), value(statistics), value(x), value(gain), value(bias), x.rows, x.columns,
            epsilon)
    }

    /// The gradients of ``normalize(_:gain:bias:statistics:epsilon:into:)``.
    package func normalizeBackward(
        _ x: Tensor, gain: Tensor, bias: Tensor, statistics: Tensor, of y: Tensor
    ) {
        covey_normalize_backward(
            gradient(x), gradient(gain), gradient(bias), gradient(y), value(statistics), value(x),
            value(gain), x.rows, x.columns)
    }

    /// y = scale times the rows of a table that `rows` names; zeros for negative numbers.
    package func take(_ rows: RowNumbers, of table: Tensor, scale: Float, into y: Tensor) {
        precondition(table.isContiguous && y.columns == table.columns && y.rows == rows.count)
        covey_take_rows(
            value(y), y.stride, value(table), table.columns,
            numbers(rows, from: .min, below: table.rows), rows.count, scale)
    }

    /// The gradient of ``take(_:of:scale:into:)``.
    package func takeBackward(_ rows: RowNumbers, of table: Tensor, scale: Float, of y: Tensor) {
        precondition(table.isContiguous && y.columns == table.columns && y.rows == rows.count)
        covey_give_rows(
            gradient(table), gradient(y), y.stride, table.columns,
            numbers(rows, from: .min, below: table.rows), rows.count, scale)
    }

    /// y = the inner product of each row of a with that of b.
    package func rowProducts(_ a: Tensor, _ b: Tensor, into y: Tensor) {
        precondition(a.rows == b.rows && a.columns == b.columns && y.count == a.rows)
        covey_row_products(
            value(y), value(a), a.stride, value(b), b.stride, a.rows, a.columns)
    }

    /// The gradients of ``rowProducts(_:_:into:)``.
    package func rowProductsBackward(_ a: Tensor, _ b: Tensor, of y: Tensor) {
        precondition(a.rows == b.rows && a.columns == b.columns && y.count == a.rows)
        covey_row_products_backward(
            gradient(a), a.stride, gradient(y), value(b), b.stride, a.rows, a.columns)
        covey_row_products_backward(
            gradient(b), b.stride, gradient(y), value(a), a.stride, a.rows, a.columns)
    }

    /// The interaction of a factorisation machine, rows of x being fields of `width`.
    package func interact(_ x: Tensor, width: Int, sums: Tensor, into y: Tensor) {
        precondition(x.isContiguous && x.columns % width == 0 && y.count == x.rows)
        precondition(sums.count == x.rows * width)
        covey_interact(value(y), value(sums), value(x), x.rows, x.columns / width, width)
    }

    /// The gradient of ``interact(_:width:sums:into:)``.
    package func interactBackward(_ x: Tensor, width: Int, sums: Tensor, of y: Tensor) {
        covey_interact_backward(
            gradient(x), gradient(y), value(sums), value(x), x.rows, x.columns / width, width)
    }

    /// y = x with each row shifted by the same bias.
    package func shift(_ x: Tensor, by bias: Tensor, into y: Tensor) {
        precondition(bias.count == x.columns && x.isContiguous && y.count == x.count)
        covey_fill_rows(value(y), y.columns, value(bias), y.rows, y.columns)
        covey_add(value(y), value(x), 1, y.count)
    }

    /// The gradients of ``shift(_:by:into:)``.
    package func shiftBackward(_ x: Tensor, by bias: Tensor, of y: Tensor) {
        covey_add_rows(gradient(bias), gradient(y), y.columns, y.rows, y.columns)
        covey_add(gradient(x), gradient(y), 1, y.count)
    }

    /// y = means + exp(log variances / 2) ∘ noise.
    package func draw(means: Tensor, logVariances: Tensor, noise: Tensor, into y: Tensor) {
        precondition(means.isContiguous && logVariances.isContiguous)
        precondition(means.count == y.count && logVariances.count == y.count)
        precondition(noise.count == y.count)
        covey_draw(value(y), value(means), value(logVariances), value(noise), y.count)
    }

    /// The gradients of ``draw(means:logVariances:noise:into:)``.
    package func drawBackward(
        means: Tensor, logVariances: Tensor, noise: Tensor, of y: Tensor
    ) {
        covey_draw_backward(
            gradient(means), gradient(logVariances), gradient(y), value(logVariances),
            value(noise), y.count)
    }
}
