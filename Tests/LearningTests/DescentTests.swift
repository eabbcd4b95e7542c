import Learning
import Testing
import VectorKernels

@Suite struct DescentTests {
    static let optimizers: [Optimizer] = [
        .descent(rate: 0.1, decay: 0.1), .momentum(rate: 0.1, decay: 0.1),
        .adam(rate: 0.1, decay: 0.1), .adagrad(rate: 0.1),
    ]

    private var layout = ParameterLayout()
    private let table: Parameter
    private let weights: Parameter
    private let width = 5

    init() {
        table = layout.addTable("table", rows: 6, columns: width, start: .normal(1))
        weights = layout.add("weights", rows: width, columns: 3, start: .glorot)
    }

    private func tape(_ seed: UInt64 = 1) -> Tape {
        let tape = Tape(layout, seed: 1)
        tape.parameters.write(layout.start(.shared, seed: seed), .shared)
        return tape
    }

    /// Adds gradients for some rows of the table, and for the weights.
    private func differentiate(_ tape: Tape, _ rows: [Int32]) {
        tape.restart(training: true)
        tape.addDistance(tape.dense(tape.embedding(tape.keep(rows), of: table), weights))
        tape.backward()
    }

    private func rows(_ tape: Tape) -> [[Float]] {
        (0..<6).map { tape.memory.read(tape.parameters[table].rows($0..<$0 + 1)) }
    }

    private func gradients(_ tape: Tape) -> [Float] {
        layout.parameters(.shared).flatMap { tape.memory.readGradient(tape.parameters[$0]) }
    }

    @Test func `where all rows move, momentum carries on those that a step does not touch`() {
        for optimizer in [Optimizer.momentum(rate: 0.1), .adam(rate: 0.1)] {
            let tape = tape()
            let descent = Descent(optimizer, on: tape, movesAllRows: true)
            differentiate(tape, [4, 1, 4])
            descent.step()
            differentiate(tape, [2])
            let before = rows(tape)
            descent.step()
            #expect(changes(before, rows(tape)) == [1, 2, 4])
            #expect(gradients(tape).allSatisfy { $0 == 0 })
        }
    }

    @Test(arguments: optimizers)
    func `rows that a step does not touch stay as they are`(optimizer: Optimizer) {
        let tape = tape()
        let descent = Descent(optimizer, on: tape)
        differentiate(tape, [4, 1, 4])
        var before = rows(tape)
        descent.step()
        #expect(changes(before, rows(tape)) == [1, 4])
        // Not even the momentum of the step before moves row 4 now.
        differentiate(tape, [1, 2])
        before = rows(tape)
        descent.step()
        #expect(changes(before, rows(tape)) == [1, 2])
        #expect(gradients(tape).allSatisfy { $0 == 0 })
    }

    private func changes(_ before: [[Float]], _ after: [[Float]]) -> [Int] {
        before.indices.filter { before[$0] != after[$0] }
    }

    // Adam corrects its moments by the number of all steps.
    @Test(arguments: [
        Optimizer.descent(rate: 0.1, decay: 0.1), .momentum(rate: 0.1, decay: 0.1),
        .adagrad(rate: 0.1),
    ])
    func `a row that rests moves afterwards as if it had not rested`(optimizer: Optimizer) {
        func run(_ batches: [[Int32]]) -> [Float] {
            let tape = tape()
            let descent = Descent(optimizer, on: tape)
            for rows in batches {
                tape.restart(training: true)
                tape.addDistance(tape.embedding(tape.keep(rows), of: table))
                tape.backward()
                descent.step()
            }
            return rows(tape)[4]
        }
        #expect(run([[4], [1], [2], [4]]) == run([[4], [4]]))
    }

    @Test(arguments: optimizers)
    func `frozen parameters stay and keep no gradient`(optimizer: Optimizer) {
        let tape = tape()
        let descent = Descent(optimizer, on: tape, freezing: [table])
        let (before, values) = (rows(tape), tape.memory.read(tape.parameters[weights]))
        for _ in 0..<2 {
            differentiate(tape, [4, 1, 4])
            descent.step()
        }
        #expect(rows(tape) == before)
        #expect(tape.memory.read(tape.parameters[weights]) != values)
        #expect(gradients(tape).allSatisfy { $0 == 0 })
    }

    @Test(arguments: optimizers)
    func `descent lowers the loss`(optimizer: Optimizer) {
        let tape = tape()
        let descent = Descent(optimizer, on: tape)
        differentiate(tape, [0, 1, 2, 3, 4, 5])
        let first = tape.loss
        for _ in 0..<50 {
            descent.step(scale: 0.3)
            differentiate(tape, [0, 1, 2, 3, 4, 5])
        }
        #expect(tape.loss < first / 2, "\(first), then \(tape.loss)")
    }

    /// How all shared values move in a step from the given gradients.
    private func movement(
        scale: Float, clippingNorm: Double?, freezing frozen: Set<Parameter> = [],
        rates: [Parameter: Float] = [:]
    ) -> [Double] {
        let tape = tape()
        let descent = Descent(.descent(rate: 1), on: tape, freezing: frozen, rates: rates)
        differentiate(tape, [0, 1, 1, 5])
        let before = tape.parameters.read(.shared)
        descent.step(scale: scale, clippingNorm: clippingNorm)
        return zip(before, tape.parameters.read(.shared)).map { Double($0) - Double($1) }
    }

    private func norm(_ vector: [Double]) -> Double {
        distance(vector, vector.map { _ in 0 })
    }

    @Test func `longer gradients are scaled down to the clipping norm, all together`() {
        let whole = movement(scale: 1, clippingNorm: nil)
        #expect(norm(whole) > 1)
        let clipped = movement(scale: 1, clippingNorm: 0.5)
        #expect(abs(norm(clipped) - 0.5) < 1e-5)
        let expected = whole.map { $0 * 0.5 / norm(whole) }
        #expect(distance(clipped, expected) < 1e-5)
    }

    @Test func `gradients are scaled before they are clipped`() {
        let whole = movement(scale: 1, clippingNorm: nil)
        let scale = Float(0.4 / norm(whole))
        let short = movement(scale: scale, clippingNorm: 0.5)
        #expect(distance(short, whole.map { $0 * Double(scale) }) < 1e-5)
        #expect(abs(norm(movement(scale: 2 * scale, clippingNorm: 0.5)) - 0.5) < 1e-5)
    }

    @Test func `the gradients of frozen parameters do not count towards the clipping norm`() {
        let clipped = movement(scale: 1, clippingNorm: 0.5, freezing: [table])
        #expect(abs(norm(clipped) - 0.5) < 1e-5)
    }

    @Test func `some parameters move faster than others`() {
        let whole = movement(scale: 1, clippingNorm: nil)
        let faster = movement(scale: 1, clippingNorm: nil, rates: [weights: 2])
        let count = layout[table].count
        #expect(faster.prefix(count) == whole.prefix(count))
        #expect(distance(Array(faster[count...]), whole[count...].map { 2 * $0 }) < 1e-5)
    }

    @Test func `gradients of two tapes add up to those of both batches`() {
        let (one, other, both) = (tape(), tape(), tape())
        differentiate(one, [0, 4])
        differentiate(other, [4, 2])
        one.parameters.takeGradients(of: other.parameters)
        for rows: [Int32] in [[0, 4], [4, 2]] { differentiate(both, rows) }
        let (sum, expected) = (gradients(one), gradients(both))
        #expect(distance(sum.map(Double.init), expected.map(Double.init)) < 1e-5)
        #expect(gradients(other).allSatisfy { $0 == 0 })
        // Row 2 was touched on the other tape only.
        let before = rows(one)
        Descent(.descent(rate: 0.1), on: one).step()
        #expect(changes(before, rows(one)) == [0, 2, 4])
    }

    @Test func `followers stay equal`() {
        let (leader, follower) = (tape(), tape())
        let descent = Descent(.adam(rate: 0.1), on: leader)
        for batch: [Int32] in [[0, 4], [4, 2], [5]] {
            differentiate(leader, batch)
            differentiate(follower, batch.reversed())
            leader.parameters.takeGradients(of: follower.parameters)
            descent.step(followers: [follower.parameters])
            #expect(follower.parameters.read(.shared) == leader.parameters.read(.shared))
        }
        #expect(leader.parameters.read(.shared) != layout.start(.shared, seed: 1))
    }
}
