package import VectorKernels

/// Runs a network and remembers how, so that the gradient of its loss can be followed back.
///
/// Operations compute their results at once; in training they are written down, and ``backward()``
/// goes through them in reverse (Baydin et al., "Automatic differentiation in machine learning: a
/// survey", JMLR 18, 2018, section 3.2). Losses add to ``loss``. One tape is used step after step:
/// after the first few nothing is allocated.
///
/// A batch of sequences is one matrix, each sequence as long as it is, with the *runs* of rows that
/// belong together: nothing is padded.
package final class Tape {
    /// Where tensors live.
    package let memory: TensorMemory
    /// The parameters, at the front of the memory.
    package let parameters: Parameters
    /// Draws dropout, negatives and samples.
    package var random: SplitMix64
    /// The sum of the losses since the last ``restart(training:)``.
    package private(set) var loss = 0.0
    /// Whether gradients are wanted and dropout drops.
    package private(set) var isTraining = false

    private var operations: [Operation] = []

    /// A tape over parameters of the given layout, all zero.
    ///
    /// - Parameters:
    ///   - layout: The parameters.
    ///   - people: How many people's private parameters there are.
    ///   - seed: Seeds dropout, negatives and samples.
    package init(_ layout: ParameterLayout, people: Int = 1, seed: UInt64) {
        memory = TensorMemory()
        parameters = Parameters(layout, people: people, in: memory)
        random = SplitMix64(seed: seed)
    }

    /// Forgets what was computed; parameters and their gradients stay.
    package func restart(training: Bool) {
        memory.release(to: parameters.end)
        operations.removeAll(keepingCapacity: true)
        isTraining = training
        memory.keepsGradients = training
        loss = 0
    }

    /// Adds the gradient of ``loss`` to those of the parameters.
    package func backward() {
        precondition(isTraining)
        for operation in operations.reversed() { operation.backward(memory) }
        operations.removeAll(keepingCapacity: true)
    }

    private func record(_ operation: Operation) {
        if isTraining { operations.append(operation) }
    }

    /// The matrix of a parameter that is no table: of a table, touched rows would have to be noted.
    private func whole(_ parameter: Parameter) -> Tensor {
        precondition(!parameters.layout[parameter].isTable)
        return parameters[parameter]
    }

    private func seed() -> UInt32 { UInt32(truncatingIfNeeded: random.next() >> 32) }

    /// A matrix of given elements that nothing is differentiated by.
    package func constant(_ elements: [Float], columns: Int) -> Tensor {
        let tensor = memory.allocate(rows: elements.count / columns, columns: columns)
        memory.write(elements[...], to: tensor)
        return tensor
    }

    /// A matrix of equal elements that nothing is differentiated by.
    package func constant(_ element: Float, rows: Int, columns: Int) -> Tensor {
        let tensor = memory.allocate(rows: rows, columns: columns)
        memory.fill(tensor, with: element)
        return tensor
    }

    /// Keeps numbers of rows, or starts of runs with the end of the last.
    package func keep(_ rows: [Int32]) -> RowNumbers { memory.keep(rows) }

    /// Keeps the numbers of rows that follow each other.
    package func keep(_ rows: Range<Int>) -> RowNumbers { memory.keep(rows) }

    /// Keeps the same row number several times.
    package func keep(repeating row: Int32, count: Int) -> RowNumbers {
        memory.keep(repeating: row, count: count)
    }
}

// Layers.
extension Tape {
    /// Rows of a table, times `scale`; zeros for negative numbers.
    package func embedding(
        _ rows: RowNumbers, of table: Parameter, scale: Float = 1
    ) -> Tensor {
        if isTraining { parameters.touch(rows, of: table) }
        return take(rows, of: parameters[table], scale: scale)
    }

    /// Rows of a matrix, times `scale`; zeros for negative numbers.
    package func take(_ rows: RowNumbers, of x: Tensor, scale: Float = 1) -> Tensor {
        let y = memory.allocate(rows: rows.count, columns: x.columns)
        memory.take(rows, of: x, scale: scale, into: y)
        record(.take(rows, x, scale: scale, y))
        return y
    }

    /// x w + bias; `reachingInputs` is false where x is a constant.
    package func dense(
        _ x: Tensor, _ weights: Parameter, bias: Parameter? = nil, reachingInputs: Bool = true
    ) -> Tensor {
        let w = whole(weights)
        let bias = bias.map(whole)
        let y = memory.allocate(rows: x.rows, columns: w.columns)
        memory.dense(x, w, bias: bias, into: y)
        record(.dense(x, w, bias, y, reachingInputs: reachingInputs))
        return y
    }

    /// The product of each row of x with each row of a table: logits of all items.
    package func products(_ x: Tensor, withRowsOf table: Parameter) -> Tensor {
        if isTraining { parameters.touchAll(of: table) }
        return products(x, withRowsOf: parameters[table])
    }

    /// The product of each row of x with each row of t.
    package func products(_ x: Tensor, withRowsOf t: Tensor) -> Tensor {
        let y = memory.allocate(rows: x.rows, columns: t.rows)
        memory.products(x, withRowsOf: t, into: y)
        record(.products(x, t, y))
        return y
    }

    /// x with each row shifted by the same bias.
    package func shifted(_ x: Tensor, by bias: Parameter) -> Tensor {
        shifted(x, byRow: whole(bias).reshaped(columns: x.columns))
    }

    /// x with each row shifted by the same one.
    package func shifted(_ x: Tensor, byRow bias: Tensor) -> Tensor {
        let y = memory.allocate(rows: x.rows, columns: x.columns)
        memory.shift(x, by: bias, into: y)
        record(.shift(x, bias, y))
        return y
    }

    /// An activation of each element.
    package func activated(_ x: Tensor, _ activation: TensorMemory.Activation) -> Tensor {
        let y = memory.allocate(rows: x.rows, columns: x.columns)
        memory.activate(x, activation, into: y)
        record(.activate(x, activation, y))
        return y
    }

    /// max(x, 0).
    package func relu(_ x: Tensor) -> Tensor { activated(x, .relu) }

    /// In training, each element is dropped with probability `rate`, the others growing in turn:
    /// Srivastava et al., "Dropout", JMLR 15, 2014.
    package func dropout(_ x: Tensor, rate: Float) -> Tensor {
        guard isTraining, rate > 0 else { return x }
        let y = memory.allocate(rows: x.rows, columns: x.columns)
        let seed = seed()
        memory.drop(x, rate: rate, seed: seed, into: y)
        record(.drop(x, rate: rate, seed: seed, y))
        return y
    }

    /// Layer normalisation: Ba, Kiros and Hinton, 2016.
    package func normalized(
        _ x: Tensor, gain: Parameter, bias: Parameter, epsilon: Float = 1e-5
    ) -> Tensor {
        let (gain, bias) = (whole(gain), whole(bias))
        let y = memory.allocate(rows: x.rows, columns: x.columns)
        let statistics = memory.allocate(rows: x.rows, columns: 2)
        memory.normalize(
            x, gain: gain, bias: bias, statistics: statistics, epsilon: epsilon, into: y)
        record(.normalize(x, gain, bias, statistics, y))
        return y
    }

    /// a + scale b.
    package func sum(_ a: Tensor, _ b: Tensor, scale: Float = 1) -> Tensor {
        let y = memory.allocate(rows: a.rows, columns: a.columns)
        memory.combine(a, b, scale: scale, into: y)
        record(.combine(a, b, scale: scale, y))
        return y
    }

    /// a ∘ b, element by element.
    package func product(_ a: Tensor, _ b: Tensor) -> Tensor {
        let y = memory.allocate(rows: a.rows, columns: a.columns)
        memory.multiply(a, b, into: y)
        record(.multiply(a, b, y))
        return y
    }

    /// The columns of several matrices side by side.
    package func concatenated(_ parts: Tensor...) -> Tensor { concatenated(parts) }

    /// The columns of one or more matrices side by side.
    package func concatenated(_ parts: [Tensor]) -> Tensor {
        let columns = parts.reduce(0) { $0 + $1.columns }
        let y = memory.allocate(rows: parts.first?.rows ?? 0, columns: columns)
        var first = 0
        for part in parts {
            let place = y.columns(first..<first + part.columns)
            memory.copy(part, into: place)
            record(.copy(part, place))
            first += part.columns
        }
        return y
    }

    /// The inner product of each row of a with that of b: one column.
    package func rowProducts(_ a: Tensor, _ b: Tensor) -> Tensor {
        let y = memory.allocate(rows: a.rows, columns: 1)
        memory.rowProducts(a, b, into: y)
        record(.rowProducts(a, b, y))
        return y
    }

    /// The second-order interaction of a factorisation machine, each row being fields of `width`:
    /// Rendle, "Factorization machines", ICDM 2010, lemma 3.1.
    package func interaction(_ x: Tensor, width: Int) -> Tensor {
        let y = memory.allocate(rows: x.rows, columns: 1)
        let sums = memory.allocate(rows: x.rows, columns: width)
        memory.interact(x, width: width, sums: sums, into: y)
        record(.interact(x, width: width, sums, y))
        return y
    }

    /// The mean of each run's rows, weighted by the softmax of scores: attention pooling.
    package func pooled(_ x: Tensor, scores: Tensor, runs: RowNumbers) -> Tensor {
        let y = memory.allocate(rows: runs.runs, columns: x.columns)
        let weights = memory.allocate(rows: x.rows, columns: 1)
        memory.pool(x, scores: scores, runs: runs, weights: weights, into: y)
        record(.pool(x, scores: scores, runs, weights, y))
        return y
    }

    /// The mean of each run's rows.
    package func mean(_ x: Tensor, runs: RowNumbers) -> Tensor {
        pooled(x, scores: constant(0, rows: x.rows, columns: 1), runs: runs)
    }

    /// The largest of each column of each run's rows.
    package func largest(_ x: Tensor, runs: RowNumbers) -> Tensor {
        let y = memory.allocate(rows: runs.runs, columns: x.columns)
        let places = memory.largest(x, runs: runs, into: y)
        record(.largest(x, places, y))
        return y
    }

    /// Attention of each run's rows to each other, several heads side by side.
    package func attention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, runs: RowNumbers, heads: Int, isCausal: Bool,
        dropout: Float = 0
    ) -> Tensor {
        let drops = isTraining && dropout > 0
        let attention = TensorMemory.Attention(
            heads: heads, isCausal: isCausal, dropout: drops ? dropout : 0,
            seed: drops ? seed() : 0)
        let y = memory.allocate(rows: q.rows, columns: q.columns)
        let weights = memory.attend(attention, q, k, v, runs: runs, into: y)
        record(.attend(attention, q, k, v, runs, weights, y))
        return y
    }

    /// The hidden states of a gated recurrent unit over each run: Cho et al., "Learning phrase
    /// representations using RNN encoder-decoder", EMNLP 2014.
    ///
    /// - Parameters:
    ///   - inputs: x W + b, 3 H columns: reset, update, new.
    ///   - u: The weights of the state before, H × 3H.
    ///   - bias: Their bias, 3H.
    ///   - runs: The sequences.
    package func recurrence(
        _ inputs: Tensor, u: Parameter, bias: Parameter, runs: RowNumbers
    ) -> Tensor {
        let (u, bias) = (whole(u), whole(bias))
        let h = memory.allocate(rows: inputs.rows, columns: u.rows)
        let gates = memory.allocate(rows: inputs.rows, columns: 4 * u.rows)
        memory.recur(inputs, u: u, bias: bias, runs: runs, gates: gates, into: h)
        record(.recur(inputs, u: u, bias, runs, gates, h))
        return h
    }

    /// A convolution over one or two dimensions, without padding at stride 1.
    ///
    /// - Parameters:
    ///   - x: One image a row, height × width × channels.
    ///   - sliding: The sizes.
    ///   - weights: kernel height × kernel width × channels rows, one column for each filter.
    ///   - bias: One for each filter.
    /// - Returns: One place of one image a row, one column for each filter.
    package func convolution(
        _ x: Tensor, _ sliding: TensorMemory.Sliding, _ weights: Parameter, bias: Parameter
    ) -> Tensor {
        let patches = memory.allocate(
            rows: x.rows * sliding.places, columns: sliding.patchSize)
        memory.slide(sliding, over: x, into: patches)
        record(.slide(sliding, x, patches))
        return dense(patches, weights, bias: bias)
    }

    /// In training, draws of normal distributions, as means + exp(log variances / 2) ∘ noise; else
    /// the means: Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014, section 2.4.
    package func draw(means: Tensor, logVariances: Tensor) -> Tensor {
        guard isTraining else { return means }
        let y = memory.allocate(rows: means.rows, columns: means.columns)
        let noise = memory.allocate(rows: means.rows, columns: means.columns)
        for row in 0..<noise.rows {
            for column in 0..<noise.columns {
                memory[noise, row, column] = random.nextApproximateNormal()
            }
        }
        memory.draw(means: means, logVariances: logVariances, noise: noise, into: y)
        record(.draw(means, logVariances, noise, y))
        return y
    }
}

// Losses, each a sum over rows times `scale`.
extension Tape {
    /// Cross-entropy of logits with labels from 0 to 1.
    package func addCrossEntropy(
        _ logits: Tensor, labels: Tensor, weights: Tensor? = nil, scale: Float
    ) {
        loss += memory.crossEntropy(logits, labels: labels, weights: weights, scale: scale)
    }

    /// -log σ(positive - negative), row by row: Rendle et al., "BPR: Bayesian personalized ranking
    /// from implicit feedback", UAI 2009.
    package func addBPR(
        _ positive: Tensor, _ negative: Tensor, weights: Tensor? = nil, scale: Float
    ) {
        let margins = sum(positive, negative, scale: -1)
        let labels = constant(1, rows: margins.rows, columns: margins.columns)
        addCrossEntropy(margins, labels: labels, weights: weights, scale: scale)
    }

    /// Cross-entropy of the softmax of each row, over the targets in the row's run: full softmax. The
    /// logits are used by nothing else.
    package func addSoftmaxCrossEntropy(
        _ logits: Tensor, targets: RowNumbers, runs: RowNumbers, scale: Float
    ) {
        loss += memory.softmaxCrossEntropy(logits, targets: targets, runs: runs, scale: scale)
    }

    /// Cross-entropy of the softmax over each row's first column, the target, and the others, drawn
    /// negatives, whose logits are corrected by the logarithm of their rate: Bengio and Senécal,
    /// "Adaptive importance sampling to accelerate training of a neural probabilistic language
    /// model", IEEE TNN 19(4), 2008; Yi et al., RecSys 2019, section 3, calls it logQ correction.
    ///
    /// - Parameter logRates: The logarithm of the expected number of draws of each candidate, of the
    ///   shape of `logits`; nil where all are drawn alike.
    package func addSampledSoftmax(_ logits: Tensor, logRates: Tensor? = nil, scale: Float) {
        let corrected = logRates.map { sum(logits, $0, scale: -1) } ?? logits
        let targets = keep(repeating: 0, count: logits.rows)
        let runs = keep(0..<logits.rows + 1)
        addSoftmaxCrossEntropy(corrected, targets: targets, runs: runs, scale: scale)
    }

    /// The squared error.
    package func addSquaredError(
        _ x: Tensor, targets: Tensor, weights: Tensor? = nil, scale: Float
    ) {
        loss += memory.squaredError(x, targets: targets, weights: weights, scale: scale)
    }

    /// The divergence of normal distributions from the standard one.
    package func addDivergence(means: Tensor, logVariances: Tensor, scale: Float) {
        loss += memory.divergence(means: means, logVariances: logVariances, scale: scale)
    }
}
