internal import CVectorKernels

// Layers over runs of rows: the sequences of a batch lie one behind the other, each as long as it
// is, so that nothing is padded and nothing masked.
extension TensorMemory {
    /// y = Σ softmax(scores) x within each run; `weights` takes the softmax.
    package func pool(
        _ x: Tensor, scores: Tensor, runs: RowNumbers, weights: Tensor, into y: Tensor
    ) {
        precondition(x.isContiguous && y.isContiguous && y.columns == x.columns)
        precondition(scores.count == x.rows && weights.count == x.rows && y.rows == runs.runs)
        precondition(scores.isContiguous && weights.isContiguous)
        covey_pool(
            value(y), value(weights), value(scores), value(x), starts(runs, of: x.rows), runs.runs,
            x.columns)
    }

    /// The gradients of ``pool(_:scores:runs:weights:into:)``.
    package func poolBackward(
        _ x: Tensor, scores: Tensor, runs: RowNumbers, weights: Tensor, of y: Tensor
    ) {
        covey_pool_backward(
            gradient(scores), gradient(x), gradient(y), value(weights), value(x),
            starts(runs, of: x.rows), runs.runs, x.columns)
    }

    /// y = the largest of each column within each run.
    ///
    /// - Returns: Where they were found, for the gradient.
    package func largest(_ x: Tensor, runs: RowNumbers, into y: Tensor) -> RowNumbers {
        precondition(x.isContiguous && y.isContiguous && y.columns == x.columns)
        precondition(y.rows == runs.runs)
        let places = makeRows(y.count)
        covey_largest(
            value(y), numbers(places), value(x), starts(runs, of: x.rows), runs.runs, x.columns)
        return places
    }

    /// The gradient of ``largest(_:runs:into:)``.
    package func largestBackward(_ x: Tensor, places: RowNumbers, of y: Tensor) {
        covey_largest_backward(
            gradient(x), gradient(y), numbers(places, from: 0, below: x.rows), y.rows, y.columns)
    }

    /// What attention is asked for.
    package struct Attention: Sendable, Hashable {
        /// The number of heads, each of which has its share of the columns.
        package var heads: Int
        /// Whether a row attends to itself and earlier rows only.
        package var isCausal: Bool
        /// The probability that a weight is dropped.
        package var dropout: Float
        /// The seed of dropout.
        package var seed: UInt32

        /// Describes attention.
        package init(heads: Int, isCausal: Bool, dropout: Float, seed: UInt32) {
            self.heads = heads
            self.isCausal = isCausal
            self.dropout = dropout
            self.seed = seed
        }
    }

    private func descriptor(
        _ attention: Attention, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ y: Tensor,
        _ runs: RowNumbers
    ) -> covey_attention {
        precondition(attention.heads > 0 && q.columns % attention.heads == 0)
        precondition(q.columns == k.columns && q.columns == v.columns && q.columns == y.columns)
        precondition(q.rows == k.rows && q.rows == v.rows && q.rows == y.rows)
        return covey_attention(
            starts: starts(runs, of: q.rows), runs: runs.runs, heads: attention.heads,
            width: q.columns / attention.heads, causal: attention.isCausal ? 1 : 0,
            rate: attention.dropout, seed: attention.seed, query_stride: q.stride,
            key_stride: k.stride, value_stride: v.stride, stride: y.stride)
    }

    /// y = softmax(q kᵀ / √width) v within each run, head by head.
    ///
    /// - Returns: The softmax, for the gradient.
    package func attend(
        _ attention: Attention, _ q: Tensor, _ k: Tensor, _ v: Tensor, runs: RowNumbers,
        into y: Tensor
    ) -> Tensor {
        var descriptor = descriptor(attention, q, k, v, y, runs)
        let weights = allocate(rows: 1, columns: covey_attention_weights(&descriptor))
        let capacity = covey_attention_workspace(&descriptor)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: capacity) {
            covey_attend(
                &descriptor, value(y), value(weights), value(q), value(k), value(v),
                $0.baseAddress)
        }
        return weights
    }

    /// The gradients of ``attend(_:_:_:_:runs:into:)``; `weights` is used up.
    package func attendBackward(
        _ attention: Attention, _ q: Tensor, _ k: Tensor, _ v: Tensor, runs: RowNumbers,
        weights: Tensor, of y: Tensor
    ) {
        var descriptor = descriptor(attention, q, k, v, y, runs)
        precondition(weights.count == covey_attention_weights(&descriptor))
        let capacity = covey_attention_workspace(&descriptor)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: capacity) {
            covey_attend_backward(
                &descriptor, gradient(q), gradient(k), gradient(v), gradient(y), value(weights),
                value(q), value(k), value(v), $0.baseAddress)
        }
    }

    private func withRecurrence(
        _ runs: RowNumbers, of h: Tensor,
        _ body: (inout covey_recurrence, UnsafeMutablePointer<Float>?) -> Void
    ) {
        var recurrence = covey_recurrence(
            starts: starts(runs, of: h.rows), runs: runs.runs, width: h.columns)
        let capacity = covey_recurrence_workspace(&recurrence)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: capacity) {
            body(&recurrence, $0.baseAddress)
        }
    }

    /// A gated recurrent unit over each run: the hidden states from the inputs' products with the
    /// input weights (3H columns: reset, update, new), U (H × 3H) and its bias (3H); `gates` has 4H
    /// columns.
    package func recur(
        _ inputs: Tensor, u: Tensor, bias: Tensor, runs: RowNumbers, gates: Tensor, into h: Tensor
    ) {
        let width = h.columns
        precondition(inputs.isContiguous && h.isContiguous && u.isContiguous)
        precondition(inputs.rows == h.rows && inputs.columns == 3 * width)
        precondition(u.rows == width && u.columns == 3 * width && bias.count == 3 * width)
        precondition(gates.rows == h.rows && gates.columns == 4 * width)
        withRecurrence(runs, of: h) { recurrence, workspace in
            covey_recur(
                &recurrence, value(h), value(gates), value(inputs), value(u), value(bias),
                workspace)
        }
    }

    /// The gradients of ``recur(_:u:bias:runs:gates:into:)``; that of `h` is used up.
    package func recurBackward(
        _ inputs: Tensor, u: Tensor, bias: Tensor, runs: RowNumbers, gates: Tensor, of h: Tensor
    ) {
        withRecurrence(runs, of: h) { recurrence, workspace in
            covey_recur_backward(
                &recurrence, gradient(inputs), gradient(u), gradient(bias), gradient(h), value(h),
                value(gates), value(u), workspace)
        }
    }

    /// The sizes of images and of the kernel that slides over them.
    package struct Sliding: Sendable, Hashable {
        /// The height of an image.
        package var height: Int
        /// The width of an image.
        package var width: Int
        /// The number of numbers at each place.
        package var channels: Int
        /// The height of the kernel.
        package var kernelHeight: Int
        /// The width of the kernel.
        package var kernelWidth: Int

        /// Describes a convolution without padding at stride 1.
        package init(
            height: Int, width: Int, channels: Int, kernelHeight: Int, kernelWidth: Int
        ) {
            precondition(kernelHeight >= 1 && kernelHeight <= height)
            precondition(kernelWidth >= 1 && kernelWidth <= width && channels >= 1)
            self.height = height
            self.width = width
            self.channels = channels
            self.kernelHeight = kernelHeight
            self.kernelWidth = kernelWidth
        }

        /// The number of places of the kernel on an image.
        package var places: Int { (height - kernelHeight + 1) * (width - kernelWidth + 1) }
        /// The number of numbers that the kernel covers.
        package var patchSize: Int { kernelHeight * kernelWidth * channels }
        /// The number of numbers of an image.
        package var imageSize: Int { height * width * channels }
    }

    /// The patches of images, one image a row of x, one patch a row of y.
    package func slide(_ sliding: Sliding, over x: Tensor, into y: Tensor) {
        precondition(x.isContiguous && y.isContiguous && x.columns == sliding.imageSize)
        precondition(y.rows == x.rows * sliding.places && y.columns == sliding.patchSize)
        covey_patches(
            value(y), value(x), x.rows, sliding.height, sliding.width, sliding.channels,
            sliding.kernelHeight, sliding.kernelWidth)
    }

    /// The gradient of ``slide(_:over:into:)``.
    package func slideBackward(_ sliding: Sliding, over x: Tensor, of y: Tensor) {
        covey_patches_backward(
            gradient(x), gradient(y), x.rows, sliding.height, sliding.width, sliding.channels,
            sliding.kernelHeight, sliding.kernelWidth)
    }
}
