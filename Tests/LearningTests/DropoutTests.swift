import Learning
import Testing
import VectorKernels

@Suite struct DropoutTests {
    private let tape: Tape

    init() {
        tape = Tape(ParameterLayout(), seed: 1)
        tape.restart(training: true)
    }

    @Test func `draws and layers of dropout differ from step to step and from each other`() {
        func draws() -> [[Float]] {
            tape.restart(training: true)
            let ones = tape.constant(1, rows: 10, columns: 10)
            return [
                tape.dropout(ones, rate: 0.5), tape.dropout(ones, rate: 0.5),
                tape.draw(means: ones, logVariances: ones),
                tape.draw(means: ones, logVariances: ones),
            ].map { tape.memory.read($0) }
        }
        #expect(Set(draws() + draws()).count == 8)
    }

    @Test(arguments: [0.1, 0.5, 0.9])
    func `dropout drops its share and scales the rest`(rate: Float) {
        let count = 100_000
        let y = tape.memory.read(
            tape.dropout(tape.constant(3, rows: 1, columns: count), rate: rate))
        let kept = y.filter { $0 != 0 }
        #expect(kept.allSatisfy { abs($0 - 3 / (1 - rate)) <= 1e-5 * $0 })
        // Five standard deviations: a false alarm for one seed in 1.7 million.
        let share = Double(kept.count) / Double(count)
        let deviation = (Double(rate * (1 - rate)) / Double(count)).squareRoot()
        #expect(abs(share - Double(1 - rate)) <= 5 * deviation)
    }

    @Test func `attention drops its share of weights`() {
        // All weights are alike and all values one, so that results average how much is kept.
        let (rows, heads) = (100, 4)
        let q = tape.constant(0, rows: rows, columns: 8)
        let v = tape.constant(1, rows: rows, columns: 8)
        let y = tape.memory.read(
            tape.attention(
                q, q, v, runs: tape.runs([rows]), heads: heads, isCausal: false, dropout: 0.25))
        let mean = y.reduce(0) { $0 + Double($1) } / Double(y.count)
        // Five standard deviations of 40 000 draws: a false alarm for one seed in 1.7 million.
        let deviation = (0.25 / 0.75 / Double(rows * rows * heads)).squareRoot()
        #expect(abs(mean - 1) <= 5 * deviation)
        #expect(Set(y).count > 10)
    }
}
