import Foundation
import Learning
import Testing
import VectorKernels

/// Values at which careless formulas overflow: results are what they tend to, gradients finite.
@Suite struct ExtremeValueTests {
    private let tape: Tape
    private let x: Tensor

    init() {
        var layout = ParameterLayout()
        let parameter = layout.add("x", rows: 2, columns: 18)
        tape = Tape(layout, seed: 1)
        x = tape.parameters[parameter]
        tape.restart(training: true)
    }

    /// Writes elements over and over until x is full.
    private func fill(_ elements: [Float]) {
        tape.memory.write((0..<x.count).map { elements[$0 % elements.count] }[...], to: x)
    }

    private func expectFiniteGradient(_ sourceLocation: SourceLocation = #_sourceLocation) {
        tape.backward()
        #expect(
            tape.memory.readGradient(x).allSatisfy { $0.isFinite }, sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        (TensorMemory.Activation.relu, [0, 1000, 0] as [Float]), (.gelu, [0, 1000, 0]),
        (.sigmoid, [0, 1, 0.5]), (.tanh, [-1, 1, 0]),
    ])
    func `activations of large numbers are their limits`(
        activation: TensorMemory.Activation, limits: [Float]
    ) {
        fill([-1000, 1000, 0])
        let y = tape.activated(x, activation)
        for (place, value) in tape.memory.read(y).enumerated() {
            #expect(abs(value - limits[place % 3]) < 1e-6)
        }
        tape.addDistance(y)
        expectFiniteGradient()
    }

    @Test func `cross-entropy of large logits is linear`() {
        fill([-1000, 1000, 0])
        tape.addCrossEntropy(x, labels: tape.constant(1, rows: 2, columns: 18), scale: 1)
        #expect(abs(tape.loss - 12 * (1000 + log(2))) < 0.01)
        expectFiniteGradient()
    }

    @Test func `softmax of distant logits is all of the largest`() {
        fill([-1000, 1000, 0])
        // The largest are six to a row; the smallest is 2000 below.
        tape.addSoftmaxCrossEntropy(
            x, targets: tape.keep([0, 1]), runs: tape.runs([1, 1]), scale: 1)
        #expect(abs(tape.loss - 2000 - 2 * log(6)) < 0.01)
        let gradient = tape.memory.readGradient(x)
        #expect(abs(gradient[0] + 1) < 1e-6 && abs(gradient[1] - 1 / 6) < 1e-6)
        #expect(abs(gradient[2]) < 1e-6 && abs(gradient[19] + 5 / 6) < 1e-6)
    }

    @Test(arguments: [false, true])
    func `attention to a far larger score is all of it`(isCausal: Bool) {
        // Two rows whose scores are ±18 000 / √18.
        fill([Float](repeating: -1000, count: 18) + [Float](repeating: 1000, count: 18))
        let q = tape.constant([Float](repeating: 1, count: 36), columns: 18)
        let y = tape.attention(
            q, x, x, runs: tape.runs([2]), heads: 1, isCausal: isCausal)
        let found = tape.memory.read(y)
        #expect(found.prefix(18).allSatisfy { $0 == (isCausal ? -1000 : 1000) })
        #expect(found.suffix(18).allSatisfy { $0 == 1000 })
        tape.addDistance(y)
        expectFiniteGradient()
    }

    @Test func `pooling by a far larger score is all of its row`() {
        fill([Float](repeating: -1000, count: 18) + [Float](repeating: 1000, count: 18))
        let y = tape.pooled(
            x, scores: tape.constant([-500, 500], columns: 1), runs: tape.runs([2]))
        #expect(tape.memory.read(y).allSatisfy { $0 == 1000 })
        tape.addDistance(y)
        expectFiniteGradient()
    }

    @Test func `normalisation of equal elements is the bias`() {
        var layout = ParameterLayout()
        let x = layout.add("x", rows: 2, columns: 18, start: .constant(1000))
        let (gain, bias) = (layout.add("gain", columns: 18), layout.add("bias", columns: 18))
        let tape = Tape(layout, seed: 1)
        tape.parameters.write(layout.start(.shared, seed: 1), .shared)
        tape.memory.fill(tape.parameters[gain], with: 2)
        tape.memory.fill(tape.parameters[bias], with: 3)
        tape.restart(training: true)
        let y = tape.normalized(tape.parameters[x], gain: gain, bias: bias)
        #expect(tape.memory.read(y).allSatisfy { abs($0 - 3) < 1e-5 })
        tape.addDistance(y)
        tape.backward()
        #expect(tape.memory.readGradient(tape.parameters[x]).allSatisfy { $0.isFinite })
    }

    @Test func `layers of no rows are empty`() {
        var layout = ParameterLayout()
        let w = layout.add("w", rows: 4, columns: 12, start: .glorot)
        let u = layout.add("u", rows: 4, columns: 12, start: .glorot)
        let (bias, gain) = (layout.add("bias", columns: 12), layout.add("gain", columns: 12))
        let tape = Tape(layout, seed: 1)
        tape.restart(training: true)
        let none = tape.runs([])
        let x = tape.constant([], columns: 4)
        let y = tape.normalized(tape.dense(x, w, bias: bias), gain: gain, bias: bias)
        let h = tape.recurrence(y, u: u, bias: bias, runs: none)
        let mixed = tape.attention(h, h, h, runs: none, heads: 2, isCausal: true, dropout: 0.1)
        let pooled = tape.mean(mixed, runs: none)
        let largest = tape.largest(mixed, runs: none)
        tape.addSampledSoftmax(tape.sum(pooled, largest), scale: 1)
        tape.addDistance(tape.activated(y, .gelu))
        tape.backward()
        #expect(tape.loss == 0)
        #expect(tape.memory.readGradient(tape.parameters[w]).allSatisfy { $0 == 0 })
    }
}
