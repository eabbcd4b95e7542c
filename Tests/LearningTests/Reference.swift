import Foundation
import Learning
import Testing
import VectorKernels

/// What PyTorch made of a layer or loss: a case of a file that `make-references.py` wrote.
struct Reference: Decodable {
    typealias Matrix = [[Float]]

    let inputs: [String: Matrix]
    let gradients: [String: Matrix]
    let loss: Double
    let numbers: [String: [Int]]
    /// What a loss is not differentiated by.
    let constants: [String: Matrix]?
    /// What a layer makes of the inputs.
    let output: Matrix?
    /// The loss of a layer is its output's squared distance from these.
    let targets: Matrix?

    /// A case of a file.
    static func named(_ name: String, in file: String) throws -> Reference {
        try #require(try read([String: Reference].self, from: file)[name])
    }

    /// The contents of a file beside `make-references.py`.
    static func read<Value: Decodable>(_ type: Value.Type, from file: String) throws -> Value {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let url = folder.appending(path: "References").appending(path: file)
        return try JSONDecoder().decode(type, from: Data(contentsOf: url))
    }

    /// Expects a layer's output and the gradients of all inputs to be PyTorch's.
    func expectAgreement(
        sourceLocation: SourceLocation = #_sourceLocation,
        of layer: (ReferenceTape) throws -> Tensor
    ) throws {
        let (output, targets) = (try #require(output), try #require(targets))
        try expectAgreementOfLoss(sourceLocation: sourceLocation) { inputs in
            let y = try layer(inputs)
            expectClose(inputs.tape.memory.read(y), output, "output", sourceLocation)
            let goals = inputs.tape.constant(targets.flatMap(\.self), columns: y.columns)
            inputs.tape.addSquaredError(y, targets: goals, scale: 1)
        }
    }

    /// Expects a loss and its gradients to be PyTorch's.
    func expectAgreementOfLoss(
        sourceLocation: SourceLocation = #_sourceLocation,
        of addLoss: (ReferenceTape) throws -> Void
    ) throws {
        let inputs = ReferenceTape(self)
        try addLoss(inputs)
        inputs.tape.backward()
        #expect(
            abs(inputs.tape.loss - loss) <= tolerance * abs(loss), sourceLocation: sourceLocation)
        for (name, gradient) in gradients {
            let found = inputs.tape.memory.readGradient(try inputs[name])
            expectClose(found, gradient, name, sourceLocation)
        }
    }
}

/// How far what we compute in float32 may lie from PyTorch's float64, as a part of the norm.
private let tolerance = 1e-5

func expectClose(
    _ found: [Float], _ expected: Reference.Matrix, _ name: String,
    _ sourceLocation: SourceLocation
) {
    let expected = expected.flatMap { $0.map(Double.init) }
    let norm = distance(expected, expected.map { _ in 0 })
    #expect(
        distance(found.map(Double.init), expected) <= tolerance * norm, "\(name)",
        sourceLocation: sourceLocation)
}

/// A tape in training whose parameters are the inputs of a reference.
struct ReferenceTape {
    let tape: Tape
    private let reference: Reference
    private let parameters: [String: Parameter]

    init(_ reference: Reference) {
        self.reference = reference
        var (layout, parameters) = (ParameterLayout(), [String: Parameter]())
        for (name, rows) in reference.inputs {
            parameters[name] = layout.add(name, rows: rows.count, columns: rows[0].count)
        }
        self.parameters = parameters
        tape = Tape(layout, seed: 1)
        for (name, parameter) in parameters {
            let elements = reference.inputs[name, default: []].flatMap(\.self)
            tape.memory.write(elements[...], to: tape.parameters[parameter])
        }
        tape.restart(training: true)
    }

    func parameter(_ name: String) throws -> Parameter { try #require(parameters[name]) }

    subscript(name: String) -> Tensor {
        get throws { tape.parameters[try parameter(name)] }
    }

    func constant(_ name: String) throws -> Tensor {
        let rows = try #require(reference.constants?[name])
        return tape.constant(rows.flatMap(\.self), columns: rows[0].count)
    }

    func numbers(_ name: String) throws -> [Int] { try #require(reference.numbers[name]) }
    func rows(_ name: String) throws -> RowNumbers { tape.keep(try numbers(name).map(Int32.init)) }
    func runs() throws -> RowNumbers { tape.runs(try numbers("lengths")) }
}
