import Learning
import VectorKernels

/// Layer normalisation with its parameters.
struct Normalization: Sendable {
    private let gain: Parameter
    private let bias: Parameter

    init(named name: String, width: Int, in layout: inout ParameterLayout) {
        gain = layout.add(name + ".gain", columns: width, start: .constant(1))
        bias = layout.add(name + ".bias", columns: width)
    }

    func callAsFunction(_ x: Tensor, on tape: Tape) -> Tensor {
        tape.normalized(x, gain: gain, bias: bias, epsilon: 1e-8)
    }
}

/// A causal transformer block as SASRec has it: queries are normalised, keys and values are not, and
/// the result is added to the queries' input after its normalisation.
struct TransformerBlock: Sendable {
    private let before: Normalization
    private let between: Normalization
    private let queries: Linear
    private let keys: Linear
    private let values: Linear
    private let first: Linear
    private let second: Linear

    init(named name: String, width: Int, in layout: inout ParameterLayout) {
        before = Normalization(named: name + ".before", width: width, in: &layout)
        between = Normalization(named: name + ".between", width: width, in: &layout)
        queries = Linear(named: name + ".queries", width, width, in: &layout)
        keys = Linear(named: name + ".keys", width, width, in: &layout)
        values = Linear(named: name + ".values", width, width, in: &layout)
        first = Linear(named: name + ".first", width, width, in: &layout)
        second = Linear(named: name + ".second", width, width, in: &layout)
    }

    func callAsFunction(
        _ x: Tensor, runs: RowNumbers, heads: Int, dropout: Float,
        activation: TensorMemory.Activation = .relu, on tape: Tape
    ) -> Tensor {
        let normal = before(x, on: tape)
        let attended = tape.attention(
            queries(normal, on: tape), keys(x, on: tape), values(x, on: tape), runs: runs,
            heads: heads, isCausal: true, dropout: dropout)
        let y = between(tape.sum(normal, attended), on: tape)
        let hidden = tape.dropout(
            tape.activated(first(y, on: tape), activation), rate: dropout)
        return tape.sum(y, tape.dropout(second(hidden, on: tape), rate: dropout))
    }
}

extension TransformerBlock {
    /// What is wrong with a number of heads for columns that are divided among them; nil if nothing is.
    static func contradiction(heads: Int, dimensions: Int) -> String? {
        dimensions % heads == 0
            ? nil
            : "algorithm.heads is \(heads), which does not divide the \(dimensions) dimensions; "
                + "choose one that does, or set algorithm.dimensions"
    }
}
