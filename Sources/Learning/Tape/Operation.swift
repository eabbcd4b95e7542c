import VectorKernels

/// What a tape remembers of one operation: its inputs, what they were turned into and what its
/// gradient needs. The last tensor is the result.
enum Operation {
    case take(RowNumbers, Tensor, scale: Float, Tensor)
    case dense(Tensor, Tensor, Tensor?, Tensor, reachingInputs: Bool)
    case products(Tensor, Tensor, Tensor)
    case shift(Tensor, Tensor, Tensor)
    case activate(Tensor, TensorMemory.Activation, Tensor)
    case drop(Tensor, rate: Float, seed: UInt32, Tensor)
    case normalize(Tensor, Tensor, Tensor, Tensor, Tensor)
    case combine(Tensor, Tensor, scale: Float, Tensor)
    case multiply(Tensor, Tensor, Tensor)
    case copy(Tensor, Tensor)
    case rowProducts(Tensor, Tensor, Tensor)
    case interact(Tensor, width: Int, Tensor, Tensor)
    case pool(Tensor, scores: Tensor, RowNumbers, Tensor, Tensor)
    case largest(Tensor, RowNumbers, Tensor)
    case attend(TensorMemory.Attention, Tensor, Tensor, Tensor, RowNumbers, Tensor, Tensor)
    case recur(Tensor, u: Tensor, Tensor, RowNumbers, Tensor, Tensor)
    case slide(TensorMemory.Sliding, Tensor, Tensor)
    case draw(Tensor, Tensor, Tensor, Tensor)

    /// Adds what the gradient of the result amounts to, to the gradients of the inputs.
    func backward(_ memory: TensorMemory) {
        switch self {
        case .take(let rows, let x, let scale, let y):
            memory.takeBackward(rows, of: x, scale: scale, of: y)
        case .dense(let x, let w, let bias, let y, let reachingInputs):
            memory.denseBackward(x, w, bias: bias, of: y, reachingInputs: reachingInputs)
        case .products(let x, let t, let y):
            memory.productsBackward(x, withRowsOf: t, of: y)
        case .shift(let x, let bias, let y):
            memory.shiftBackward(x, by: bias, of: y)
        case .activate(let x, let activation, let y):
            memory.activateBackward(x, activation, of: y)
        case .drop(let x, let rate, let seed, let y):
            memory.dropBackward(x, rate: rate, seed: seed, of: y)
        case .normalize(let x, let gain, let bias, let statistics, let y):
            memory.normalizeBackward(x, gain: gain, bias: bias, statistics: statistics, of: y)
        case .combine(let a, let b, let scale, let y):
            memory.combineBackward(a, b, scale: scale, of: y)
        case .multiply(let a, let b, let y):
            memory.multiplyBackward(a, b, of: y)
        case .copy(let x, let y):
            memory.copyBackward(x, of: y)
        case .rowProducts(let a, let b, let y):
            memory.rowProductsBackward(a, b, of: y)
        case .interact(let x, let width, let sums, let y):
            memory.interactBackward(x, width: width, sums: sums, of: y)
        case .pool(let x, let scores, let runs, let weights, let y):
            memory.poolBackward(x, scores: scores, runs: runs, weights: weights, of: y)
        case .largest(let x, let places, let y):
            memory.largestBackward(x, places: places, of: y)
        case .attend(let attention, let q, let k, let v, let runs, let weights, let y):
            memory.attendBackward(attention, q, k, v, runs: runs, weights: weights, of: y)
        case .recur(let inputs, let u, let bias, let runs, let gates, let h):
            memory.recurBackward(inputs, u: u, bias: bias, runs: runs, gates: gates, of: h)
        case .slide(let sliding, let x, let y):
            memory.slideBackward(sliding, over: x, of: y)
        case .draw(let means, let logVariances, let noise, let y):
            memory.drawBackward(means: means, logVariances: logVariances, noise: noise, of: y)
        }
    }
}
