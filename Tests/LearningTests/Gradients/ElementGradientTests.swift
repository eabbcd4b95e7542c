import Learning
import Testing
import VectorKernels

@Suite struct ElementGradientTests {
    @Test(arguments: TensorMemory.Activation.allCases, [(1, 5), (3, 16), (5, 7)])
    func `gradients of activations agree with central differences`(
        activation: TensorMemory.Activation, size: (Int, Int)
    ) {
        var check = GradientCheck()
        let x = check.spreadMatrix(size.0, size.1)
        check.expectCorrectGradients { tape in
            tape.addDistance(tape.activated(tape.parameters[x], activation))
        }
    }

    @Test(arguments: [(3, 5), (4, 16), (5, 33)])
    func `gradients of dropout agree with central differences`(rows: Int, columns: Int) {
        var check = GradientCheck()
        let x = check.matrix(rows, columns)
        check.expectCorrectGradients { tape in
            let once = tape.dropout(tape.parameters[x], rate: 0.4)
            tape.addDistance(tape.dropout(once, rate: 0.1))
        }
    }

    @Test(arguments: [(1, 4), (5, 7), (6, 16), (7, 35)])
    func `gradients of normalisation agree with central differences`(rows: Int, columns: Int) {
        var check = GradientCheck()
        let x = check.matrix(rows, columns)
        let (gain, bias) = (check.matrix(1, columns), check.matrix(1, columns))
        check.expectCorrectGradients { tape in
            tape.addDistance(tape.normalized(tape.parameters[x], gain: gain, bias: bias))
        }
    }

    @Test(arguments: [(1, 3), (4, 16), (3, 11)])
    func `gradients of sums and products agree with central differences`(
        rows: Int, columns: Int
    ) {
        var check = GradientCheck()
        let (a, b) = (check.matrix(rows, columns), check.matrix(rows, columns))
        check.expectCorrectGradients { tape in
            let (a, b) = (tape.parameters[a], tape.parameters[b])
            tape.addDistance(tape.sum(a, b, scale: -1.5))
            tape.addDistance(tape.product(a, b))
            tape.addDistance(tape.sum(a, a))
            tape.addDistance(tape.product(b, b))
        }
    }

    @Test func `gradients of matrices side by side agree with central differences`() {
        var check = GradientCheck()
        let (a, b, c) = (check.matrix(5, 3), check.matrix(5, 16), check.matrix(5, 9))
        check.expectCorrectGradients { tape in
            let c = tape.parameters[c]
            tape.addDistance(c)
            tape.addDistance(
                tape.concatenated(tape.parameters[a], c.columns(2..<7), tape.parameters[b], c))
        }
    }

    @Test(arguments: [(3, 5), (2, 16)])
    func `gradients of draws agree with central differences`(rows: Int, columns: Int) {
        var check = GradientCheck()
        let (means, logVariances) = (check.matrix(rows, columns), check.matrix(rows, columns))
        check.expectCorrectGradients { tape in
            tape.addDistance(
                tape.draw(
                    means: tape.parameters[means], logVariances: tape.parameters[logVariances]))
        }
    }
}
