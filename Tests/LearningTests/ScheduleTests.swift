import Foundation
import Learning
import Testing
import VectorKernels

@Suite struct ScheduleTests {
    private func factors(_ schedule: Schedule, _ steps: ClosedRange<Int>) -> [Float] {
        steps.map { schedule.factor(step: $0) }
    }

    @Test func `a constant rate stays`() {
        #expect(factors(.constant, 1...100).allSatisfy { $0 == 1 })
    }

    @Test func `a rate warms up evenly and then stays`() {
        #expect(factors(.warmup(steps: 4), 1...6) == [0.25, 0.5, 0.75, 1, 1, 1])
        #expect(factors(.warmup(steps: 1), 1...2) == [1, 1])
        #expect(factors(.warmup(steps: 0), 1...2) == [1, 1])
    }

    @Test func `a cosine falls to zero after the warm-up and stays there`() {
        let factors = factors(.cosine(warmup: 4, steps: 12), 1...14)
        #expect(factors[0...3] == [0.25, 0.5, 0.75, 1])
        #expect(abs(factors[5] - 0.5 * (1 + Float(0.5).squareRoot())) < 1e-6)
        #expect(abs(factors[7] - 0.5) < 1e-6)
        #expect(factors[11...13].allSatisfy { abs($0) < 1e-6 })
        #expect(zip(factors[3...], factors[4...]).allSatisfy { $0 >= $1 })
    }

    @Test func `a cosine without warm-up begins below the whole rate`() {
        let factors = factors(.cosine(warmup: 0, steps: 10), 1...10)
        #expect(abs(factors[0] - 0.5 * (1 + cos(.pi / 10))) < 1e-6)
        #expect(abs(factors[9]) < 1e-6)
    }

    @Test func `an exponential schedule multiplies after each interval`() {
        #expect(
            factors(.exponential(factor: 0.5, interval: 2), 1...6) == [1, 1, 0.5, 0.5, 0.25, 0.25])
        #expect(factors(.exponential(factor: 0.5, interval: 1), 1...3) == [1, 0.5, 0.25])
    }

    @Test func `a descent moves by the rate of its step`() {
        var layout = ParameterLayout()
        let x = layout.add("x", columns: 1)
        let tape = Tape(layout, seed: 1)
        let descent = Descent(
            .descent(rate: 1), schedule: .exponential(factor: 0.5, interval: 1), on: tape)
        let values = (0..<3).map { _ in
            tape.memory.writeGradient([-1], to: tape.parameters[x])
            descent.step()
            return tape.memory.read(tape.parameters[x])[0]
        }
        #expect(values == [1, 1.5, 1.75])
    }
}
