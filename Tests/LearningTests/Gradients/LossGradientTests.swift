import Learning
import Testing
import VectorKernels

@Suite struct LossGradientTests {
    private let scale: Float = 0.7

    /// Fixed numbers above 0 and under 1.
    private func shares(_ tape: Tape, _ rows: Int, _ columns: Int) -> Tensor {
        var random = SplitMix64(seed: 8)
        return tape.constant(
            (0..<rows * columns).map { _ in random.nextUniform() }, columns: columns)
    }

    @Test(arguments: [1, 5, 16], [false, true])
    func `gradients of cross-entropy agree with central differences`(
        columns: Int, isWeighted: Bool
    ) {
        var check = GradientCheck()
        let x = check.matrix(7, columns, deviation: 2)
        check.expectCorrectGradients { tape in
            tape.addCrossEntropy(
                tape.parameters[x], labels: shares(tape, 7, columns),
                weights: isWeighted ? tape.randomConstant(rows: 7, columns: columns) : nil,
                scale: scale)
        }
    }

    @Test(arguments: [1, 5], [false, true])
    func `gradients of BPR agree with central differences`(columns: Int, isWeighted: Bool) {
        var check = GradientCheck()
        let (positive, negative) = (check.matrix(9, columns), check.matrix(9, columns))
        check.expectCorrectGradients { tape in
            tape.addBPR(
                tape.parameters[positive], tape.parameters[negative],
                weights: isWeighted ? shares(tape, 9, columns) : nil, scale: scale)
        }
    }

    @Test(arguments: [3, 16, 37])
    func `gradients of softmax cross-entropy agree with central differences`(columns: Int) {
        var check = GradientCheck()
        let (x, bias) = (check.matrix(5, columns, deviation: 2), check.matrix(1, columns))
        check.expectCorrectGradients { tape in
            // Logits are used by nothing else, so they cannot be parameters themselves.
            tape.addSoftmaxCrossEntropy(
                tape.shifted(tape.parameters[x], by: bias),
                targets: tape.keep([2, 0, 1, 1, Int32(columns) - 1]),
                runs: tape.runs([1, 1, 1, 1, 1]), scale: scale)
        }
    }

    @Test(arguments: [3, 16, 37])
    func `gradients of softmax cross-entropy of several targets agree with central differences`(
        columns: Int
    ) {
        var check = GradientCheck()
        let (x, bias) = (check.matrix(3, columns, deviation: 2), check.matrix(1, columns))
        check.expectCorrectGradients { tape in
            tape.addSoftmaxCrossEntropy(
                tape.shifted(tape.parameters[x], by: bias),
                targets: tape.keep([2, 0, 1, Int32(columns) - 1, 0, 0]),
                runs: tape.runs([1, 3, 2]), scale: scale)
        }
    }

    @Test(arguments: [2, 16, 21])
    func `gradients of sampled softmax agree with central differences`(columns: Int) {
        var check = GradientCheck()
        let (x, logRates) = (check.matrix(6, columns), check.matrix(6, columns, deviation: 2))
        check.expectCorrectGradients { tape in
            tape.addSampledSoftmax(
                tape.parameters[x], logRates: tape.parameters[logRates], scale: scale)
        }
    }

    @Test func `gradients of sampled softmax without rates agree with central differences`() {
        var check = GradientCheck()
        let (x, bias) = (check.matrix(6, 9), check.matrix(1, 9))
        check.expectCorrectGradients { tape in
            tape.addSampledSoftmax(tape.shifted(tape.parameters[x], by: bias), scale: scale)
        }
    }

    @Test(arguments: [1, 5, 16], [false, true])
    func `gradients of squared errors agree with central differences`(
        columns: Int, isWeighted: Bool
    ) {
        var check = GradientCheck()
        let x = check.matrix(7, columns)
        check.expectCorrectGradients { tape in
            tape.addSquaredError(
                tape.parameters[x], targets: tape.randomConstant(rows: 7, columns: columns),
                weights: isWeighted ? shares(tape, 7, columns) : nil, scale: scale)
        }
    }

    @Test(arguments: [1, 5, 16])
    func `gradients of divergences agree with central differences`(columns: Int) {
        var check = GradientCheck()
        let (means, logVariances) = (check.matrix(4, columns), check.matrix(4, columns))
        check.expectCorrectGradients { tape in
            tape.addDivergence(
                means: tape.parameters[means], logVariances: tape.parameters[logVariances],
                scale: scale)
        }
    }

    @Test func `gradients of several losses add up`() {
        var check = GradientCheck()
        let (x, w) = (check.matrix(5, 4), check.matrix(4, 6))
        check.expectCorrectGradients { tape in
            let y = tape.dense(tape.parameters[x], w)
            tape.addDistance(y)
            tape.addCrossEntropy(y, labels: shares(tape, 5, 6), scale: 2)
            tape.addDistance(tape.activated(y, .tanh))
        }
    }
}
