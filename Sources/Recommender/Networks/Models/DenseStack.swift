import Learning
import VectorKernels

/// Dense layers with rectified units, one behind the other, and one number at the end.
struct DenseStack: Sendable {
    private let hidden: [Linear]
    private let last: Linear

    /// - Parameters:
    ///   - name: What the parameters' names begin with.
    ///   - inputs: The number of inputs.
    ///   - widths: The number of units of each hidden layer.
    ///   - layout: Takes the parameters.
    init(
        named name: String, inputs: Int, widths: [Int], in layout: inout ParameterLayout
    ) {
        let sizes = [inputs] + widths
        hidden = zip(sizes, widths).enumerated().map { number, sizes in
            Linear(named: name + "\(number)", sizes.0, sizes.1, in: &layout)
        }
        last = Linear(named: name + ".last", sizes[sizes.count - 1], 1, in: &layout)
    }

    /// One column: a number for each row.
    func callAsFunction(_ x: Tensor, dropout: Float = 0, on tape: Tape) -> Tensor {
        let x = hidden.reduce(x) {
            tape.dropout(tape.relu($1($0, on: tape)), rate: dropout)
        }
        return last(x, on: tape)
    }
}
