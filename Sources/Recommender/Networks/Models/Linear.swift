import Learning
import VectorKernels

/// A dense layer with its parameters.
struct Linear: Sendable {
    let weights: Parameter
    let bias: Parameter

    init(
        named name: String, _ inputs: Int, _ outputs: Int, in layout: inout ParameterLayout,
        start: ParameterLayout.Start = .glorot
    ) {
        weights = layout.add(name, rows: inputs, columns: outputs, start: start)
        bias = layout.add(name + ".bias", columns: outputs)
    }

    func callAsFunction(_ x: Tensor, on tape: Tape) -> Tensor {
        tape.dense(x, weights, bias: bias)
    }
}
