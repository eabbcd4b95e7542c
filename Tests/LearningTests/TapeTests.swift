import Learning
import Testing
import VectorKernels

@Suite struct TapeTests {
    private var layout = ParameterLayout()
    private let items: Parameter
    private let projection: Parameter
    private let gain: Parameter
    private let shift: Parameter
    private let input: Parameter
    private let state: Parameter
    private let stateBias: Parameter
    private let width = 10

    init() {
        items = layout.addTable("items", rows: 40, columns: width, start: .normal(0.5))
        projection = layout.add("projection", rows: width, columns: 3 * width, start: .glorot)
        gain = layout.add("gain", columns: width, start: .constant(1))
        shift = layout.add("shift", columns: width)
        input = layout.add("input", rows: width, columns: 3 * width, start: .glorot)
        state = layout.add("state", rows: width, columns: 3 * width, start: .glorot)
        stateBias = layout.add("state bias", columns: 3 * width)
    }

    private func tape(seed: UInt64 = 1) -> Tape {
        let tape = Tape(layout, seed: seed)
        tape.parameters.write(layout.start(.shared, seed: 1), .shared)
        return tape
    }

    /// Logits of all items after each item of some histories.
    private func logits(_ tape: Tape, _ histories: [[Int32]], dropout: Float) -> Tensor {
        let runs = tape.runs(histories.map(\.count))
        let x = tape.embedding(tape.keep(Array(histories.joined())), of: items)
        let projected = tape.dense(tape.dropout(x, rate: dropout), projection)
        let mixed = tape.attention(
            projected.columns(0..<width), projected.columns(width..<2 * width),
            projected.columns(2 * width..<3 * width), runs: runs, heads: 2, isCausal: true,
            dropout: dropout)
        let normal = tape.normalized(tape.sum(x, mixed), gain: gain, bias: shift)
        let states = tape.recurrence(
            tape.dense(tape.activated(normal, .gelu), input), u: state, bias: stateBias, runs: runs)
        return tape.products(states, withRowsOf: items)
    }

    private func histories(_ random: inout SplitMix64) -> [[Int32]] {
        (0..<5).map { _ in
            (0..<1 + random.next(below: 20)).map { _ in Int32(random.next(below: 40)) }
        }
    }

    /// Adds the loss of each next item, the last being followed by the first.
    private func addLoss(_ tape: Tape, _ histories: [[Int32]], dropout: Float) {
        let logits = logits(tape, histories, dropout: dropout)
        let next = histories.flatMap { $0.dropFirst() + $0.prefix(1) }
        tape.addSoftmaxCrossEntropy(
            logits, targets: tape.keep(next), runs: tape.runs(next.map { _ in 1 }),
            scale: 1 / Float(next.count))
    }

    private func gradients(_ tape: Tape) -> [Float] {
        layout.parameters(.shared).flatMap { tape.memory.readGradient(tape.parameters[$0]) }
    }

    @Test func `nothing is allocated after the largest step`() {
        let tape = tape()
        let descent = Descent(.adam(rate: 0.01), on: tape)
        var random = SplitMix64(seed: 2)
        func step(_ histories: [[Int32]]) {
            tape.restart(training: true)
            addLoss(tape, histories, dropout: 0.2)
            tape.backward()
            descent.step()
        }
        step((0..<5).map { _ in (0..<20).map { _ in Int32(random.next(below: 40)) } })
        let bytes = tape.memory.byteCount
        for _ in 0..<30 {
            step(histories(&random))
            tape.restart(training: false)
            addLoss(tape, histories(&random), dropout: 0.2)
            #expect(tape.memory.byteCount == bytes)
        }
    }

    @Test func `inference gives the values of training without dropout`() {
        let (training, inference) = (tape(), tape(seed: 9))
        var random = SplitMix64(seed: 3)
        for _ in 0..<3 {
            let histories = histories(&random)
            training.restart(training: true)
            inference.restart(training: false)
            let expected = training.memory.read(logits(training, histories, dropout: 0))
            #expect(
                inference.memory.read(logits(inference, histories, dropout: 0.5)) == expected)
            let dropped = training.memory.read(logits(training, histories, dropout: 0.5))
            #expect(dropped != expected)
        }
    }

    @Test func `inference draws the means`() {
        let tape = tape()
        tape.restart(training: false)
        let means = tape.randomConstant(rows: 3, columns: 5)
        #expect(tape.draw(means: means, logVariances: means) == means)
    }

    @Test func `the same seed drops the same, and another seed others`() {
        func run(_ seed: UInt64) -> [Float] {
            let tape = tape(seed: seed)
            var random = SplitMix64(seed: 4)
            for _ in 0..<3 {
                tape.restart(training: true)
                addLoss(tape, histories(&random), dropout: 0.3)
                tape.backward()
            }
            return gradients(tape)
        }
        let once = run(1)
        #expect(run(1) == once)
        #expect(run(2) != once)
    }

    @Test func `gradients accumulate over restarts until a step`() {
        var random = SplitMix64(seed: 5)
        let batches = (0..<3).map { _ in histories(&random) }
        func run(_ tape: Tape, _ batch: [[Int32]]) {
            tape.restart(training: true)
            addLoss(tape, batch, dropout: 0)
            tape.backward()
        }
        var sum = [Double](repeating: 0, count: layout.count(.shared))
        for batch in batches {
            let tape = tape()
            run(tape, batch)
            for (place, gradient) in gradients(tape).enumerated() { sum[place] += Double(gradient) }
        }
        let tape = tape()
        for batch in batches { run(tape, batch) }
        let accumulated = gradients(tape).map(Double.init)
        #expect(distance(accumulated, sum) <= 1e-5 * distance(sum, sum.map { _ in 0 }))

        let before = tape.parameters.read(.shared)
        Descent(.descent(rate: 1), on: tape).step(scale: 0.5)
        let moved = zip(before, tape.parameters.read(.shared)).map { Double($0) - Double($1) }
        #expect(distance(moved, sum.map { 0.5 * $0 }) <= 1e-5)
        #expect(gradients(tape).allSatisfy { $0 == 0 })
    }

    @Test func `the loss is that since the last restart`() {
        let tape = tape()
        let losses = (0..<2).map { _ in
            tape.restart(training: true)
            let x = tape.constant([1, 2], columns: 2)
            tape.addSquaredError(x, targets: tape.constant([0, 0], columns: 2), scale: 2)
            tape.addSquaredError(x, targets: x, scale: 2)
            return tape.loss
        }
        #expect(losses == [10, 10])
    }

    @Test func `gradients go back once`() {
        let tape = tape()
        tape.restart(training: true)
        addLoss(tape, [[1, 2, 3]], dropout: 0)
        tape.backward()
        let once = gradients(tape)
        tape.backward()
        #expect(gradients(tape) == once)
    }
}
