import Learning
import Testing
import VectorKernels

/// Compares the gradients that a tape finds with central differences.
///
/// Everything that a loss depends on is a parameter, so that no gradient goes unchecked.
struct GradientCheck {
    private var layout = ParameterLayout()
    private var values: [[Float]] = []
    private var random: SplitMix64

    init(seed: UInt64 = 1) { random = SplitMix64(seed: seed) }

    /// A parameter of nearly normal elements.
    mutating func matrix(_ rows: Int, _ columns: Int, deviation: Float = 0.7) -> Parameter {
        let elements = (0..<rows * columns).map { _ in
            random.nextApproximateNormal() * deviation
        }
        return matrix(elements, columns: columns)
    }

    /// A parameter whose elements lie 0.1 from each other and 0.05 from 0, in random order, so that
    /// no difference crosses a kink.
    mutating func spreadMatrix(_ rows: Int, _ columns: Int) -> Parameter {
        let count = rows * columns
        let elements = (0..<count).map { 0.1 * (Float($0 - count / 2) + 0.5) }
        return matrix(elements.shuffled(using: &random), columns: columns)
    }

    private mutating func matrix(_ elements: [Float], columns: Int) -> Parameter {
        values.append(elements)
        return layout.add(
            "parameter \(values.count)", rows: elements.count / columns, columns: columns)
    }

    /// Expects each parameter's gradient to be as far as `tolerance` times its norm from central
    /// differences at most, and to be added to the gradient that is there.
    ///
    /// Float32 rounds the terms of losses by 1e-7, hence differences over a step of 0.01 by 1e-5;
    /// that differences are no derivatives accounts for 1e-4.
    func expectCorrectGradients(
        step: Float = 0.01, tolerance: Double = 2e-3,
        sourceLocation: SourceLocation = #_sourceLocation, of addLoss: (Tape) -> Void
    ) {
        let tape = Tape(layout, seed: 0)
        let parameters = layout.parameters(.shared)
        tape.parameters.write(values.flatMap(\.self), .shared)
        func loss() -> Double {
            tape.random = SplitMix64(seed: 5)
            tape.restart(training: true)
            addLoss(tape)
            return tape.loss
        }
        func gradients() -> [[Float]] {
            _ = loss()
            tape.backward()
            return parameters.map { tape.memory.readGradient(tape.parameters[$0]) }
        }
        let (once, twice) = (gradients(), gradients())
        for (index, parameter) in parameters.enumerated() {
            let differences = Self.differences(of: parameter, on: tape, step: step, loss: loss)
            let norm = distance(differences, differences.map { _ in 0 })
            let doubled = differences.map { 2 * $0 }
            #expect(norm > 0.01, "no gradient to speak of", sourceLocation: sourceLocation)
            #expect(
                distance(once[index].map(Double.init), differences) <= tolerance * norm,
                "\(layout[parameter].name), norm \(norm)", sourceLocation: sourceLocation)
            #expect(
                distance(twice[index].map(Double.init), doubled) <= 2 * tolerance * norm,
                "\(layout[parameter].name) twice", sourceLocation: sourceLocation)
        }
    }

    private static func differences(
        of parameter: Parameter, on tape: Tape, step: Float, loss: () -> Double
    ) -> [Double] {
        let tensor = tape.parameters[parameter]
        return (0..<tensor.count).map { place in
            let (row, column) = place.quotientAndRemainder(dividingBy: tensor.columns)
            let value = tape.memory[tensor, row, column]
            let (low, high) = (value - step, value + step)
            tape.memory[tensor, row, column] = high
            let above = loss()
            tape.memory[tensor, row, column] = low
            let below = loss()
            tape.memory[tensor, row, column] = value
            return (above - below) / Double(high - low)
        }
    }
}

/// The Euclidean distance of two vectors.
func distance(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count
        ? zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() : .infinity
}

extension Tape {
    /// A matrix of fixed random elements from -2 to 2.
    func randomConstant(rows: Int, columns: Int, seed: UInt64 = 3) -> Tensor {
        var random = SplitMix64(seed: seed)
        return constant(
            (0..<rows * columns).map { _ in 4 * random.nextUniform() - 2 }, columns: columns)
    }

    /// Adds the squared distance of `y` from fixed random targets, which weighs every element of y
    /// differently.
    func addDistance(_ y: Tensor) {
        let targets = randomConstant(rows: y.rows, columns: y.columns)
        addSquaredError(y, targets: targets, scale: 0.5)
    }

    /// Runs of the given lengths.
    func runs(_ lengths: [Int]) -> RowNumbers {
        keep(lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1)) })
    }
}
