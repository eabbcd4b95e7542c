import Testing
import VectorKernels

struct ServerOptimizerTests {
    /// Three steps of a rule on parameters of 1, and the same by a formula in Double.
    private func expect(
        _ optimizer: ServerOptimizer, count: Int,
        follows step: (_ change: Double, _ p: inout Double, _ m: inout Double, _ v: inout Double)
            -> Void
    ) {
        var parameters = [Float](repeating: 1, count: count)
        var state = optimizer.makeState(for: parameters)
        let sum = (0..<count).map { Float($0) / 8 - 3 }
        var expected = zip(state.first, state.second).map { (1.0, Double($0), Double($1)) }
        for _ in 0..<3 {
            optimizer.apply(sum, scale: 0.5, to: &parameters, state: &state)
            for i in 0..<count {
                var (p, m, v) = expected[i]
                step(Double(sum[i]) / 2, &p, &m, &v)
                expected[i] = (p, m, v)
            }
        }
        for i in 0..<count { #expect(abs(Double(parameters[i]) - expected[i].0) < 1e-4) }
    }

    @Test(arguments: [1, 16, 37])
    func `adam follows the paper's algorithm`(count: Int) {
        expect(.adam(rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 0.001), count: count) {
            $2 = 0.9 * $2 + 0.1 * $0
            $3 = 0.99 * $3 + 0.01 * $0 * $0
            $1 += 0.1 * $2 / ($3.squareRoot() + 0.001)
        }
    }

    @Test(arguments: [1, 16, 37])
    func `yogi follows the paper's algorithm`(count: Int) {
        expect(.yogi(rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 0.001), count: count) {
            $2 = 0.9 * $2 + 0.1 * $0
            let square = $0 * $0
            $3 -= 0.01 * square * ($3 > square ? 1 : $3 < square ? -1 : 0)
            $1 += 0.1 * $2 / ($3.squareRoot() + 0.001)
        }
    }

    @Test(arguments: [1, 16, 37])
    func `momentum and adagrad follow their formulas`(count: Int) {
        expect(.momentum(rate: 0.5, momentum: 0.9), count: count) {
            $2 = 0.9 * $2 + $0
            $1 += 0.5 * $2
            $3 = 0
        }
        expect(.adagrad(rate: 0.1, epsilon: 0.001), count: count) {
            $3 += $0 * $0
            $1 += 0.1 * $0 / ($3.squareRoot() + 0.001)
            $2 = 0
        }
    }

    @Test(arguments: [1, 16, 37])
    func `FTRL begins at the starting parameters and follows the paper's algorithm`(count: Int) {
        let (rate, beta, l1, l2) = (0.5, 1.0, 0.2, 0.1)
        expect(.ftrl(rate: 0.5, beta: 1, l1: 0.2, l2: 0.1), count: count) {
            let gradient = -$0
            let after = $3 + gradient * gradient
            $2 += gradient - (after.squareRoot() - $3.squareRoot()) / rate * $1
            $3 = after
            let size = abs($2) - l1
            $1 =
                size <= 0 ? 0 : -($2 > 0 ? size : -size) / ((beta + after.squareRoot()) / rate + l2)
        }
        var parameters: [Float] = [0.7, -0.3, 0]
        let optimizer = ServerOptimizer.ftrl(rate: 0.5, beta: 1, l1: 0.2, l2: 0.1)
        var state = optimizer.makeState(for: parameters)
        optimizer.apply([0, 0, 0], scale: 1, to: &parameters, state: &state)
        #expect(abs(parameters[0] - 0.7) < 1e-6 && abs(parameters[1] + 0.3) < 1e-6)
        #expect(parameters[2] == 0)
    }
}
