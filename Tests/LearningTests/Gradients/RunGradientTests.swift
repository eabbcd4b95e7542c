import Learning
import Testing
import VectorKernels

@Suite struct RunGradientTests {
    /// Runs of one row, of several, and of more than kernels take at once.
    static let lengths = [4, 1, 19, 2, 6]
    private let rows = lengths.reduce(0, +)

    @Test(arguments: [1, 5, 16, 33])
    func `gradients of attention pooling agree with central differences`(width: Int) {
        var check = GradientCheck()
        let (x, scores) = (check.matrix(rows, width), check.matrix(rows, 1))
        check.expectCorrectGradients { tape in
            let runs = tape.runs(Self.lengths)
            tape.addDistance(
                tape.pooled(tape.parameters[x], scores: tape.parameters[scores], runs: runs))
        }
    }

    @Test(arguments: [1, 5, 16])
    func `gradients of means agree with central differences`(width: Int) {
        var check = GradientCheck()
        let x = check.matrix(rows, width)
        check.expectCorrectGradients { tape in
            tape.addDistance(tape.mean(tape.parameters[x], runs: tape.runs(Self.lengths)))
        }
    }

    @Test(arguments: [1, 5, 16])
    func `gradients of the largest of each run agree with central differences`(width: Int) {
        var check = GradientCheck()
        let x = check.spreadMatrix(rows, width)
        check.expectCorrectGradients { tape in
            tape.addDistance(tape.largest(tape.parameters[x], runs: tape.runs(Self.lengths)))
        }
    }

    @Test(arguments: [1, 2], [false, true])
    func `gradients of attention agree with central differences`(heads: Int, isCausal: Bool) {
        for (width, lengths) in [(5, Self.lengths), (16, [6, 18]), (3, [2, 1])] {
            var check = GradientCheck()
            let rows = lengths.reduce(0, +)
            let (q, k) = (check.matrix(rows, heads * width), check.matrix(rows, heads * width))
            let v = check.matrix(rows, heads * width)
            check.expectCorrectGradients { tape in
                tape.addDistance(
                    tape.attention(
                        tape.parameters[q], tape.parameters[k], tape.parameters[v],
                        runs: tape.runs(lengths), heads: heads, isCausal: isCausal))
            }
        }
    }

    @Test(arguments: [1, 2], [false, true])
    func `gradients of attention with dropout agree with central differences`(
        heads: Int, isCausal: Bool
    ) {
        var check = GradientCheck()
        let (q, k) = (check.matrix(rows, heads * 7), check.matrix(rows, heads * 7))
        let v = check.matrix(rows, heads * 7)
        check.expectCorrectGradients { tape in
            tape.addDistance(
                tape.attention(
                    tape.parameters[q], tape.parameters[k], tape.parameters[v],
                    runs: tape.runs(Self.lengths), heads: heads, isCausal: isCausal, dropout: 0.3))
        }
    }

    @Test(arguments: [1, 2], [false, true])
    func `gradients of attention over columns of one matrix agree with central differences`(
        heads: Int, isCausal: Bool
    ) {
        var check = GradientCheck()
        let width = 5 * heads
        let x = check.matrix(rows, 3 * width)
        check.expectCorrectGradients { tape in
            let x = tape.parameters[x]
            tape.addDistance(
                tape.attention(
                    x.columns(0..<width), x.columns(width..<2 * width),
                    x.columns(2 * width..<3 * width), runs: tape.runs(Self.lengths), heads: heads,
                    isCausal: isCausal))
        }
    }

    @Test(arguments: [1, 5, 16], [[4, 1, 7, 2], [2], [3, 3, 3, 3, 3, 3, 3, 3]])
    func `gradients of a recurrence agree with central differences`(
        width: Int, lengths: [Int]
    ) {
        var check = GradientCheck()
        let inputs = check.matrix(lengths.reduce(0, +), 3 * width)
        let (u, bias) = (check.matrix(width, 3 * width), check.matrix(1, 3 * width))
        check.expectCorrectGradients { tape in
            tape.addDistance(
                tape.recurrence(
                    tape.parameters[inputs], u: u, bias: bias, runs: tape.runs(lengths)))
        }
    }

    @Test(arguments: [
        // One dimension: the kernel is as wide as the image.
        TensorMemory.Sliding(height: 9, width: 6, channels: 1, kernelHeight: 3, kernelWidth: 6),
        TensorMemory.Sliding(height: 4, width: 5, channels: 1, kernelHeight: 4, kernelWidth: 5),
        TensorMemory.Sliding(height: 5, width: 6, channels: 3, kernelHeight: 2, kernelWidth: 3),
        TensorMemory.Sliding(height: 3, width: 4, channels: 16, kernelHeight: 2, kernelWidth: 1),
    ])
    func `gradients of a convolution agree with central differences`(
        sliding: TensorMemory.Sliding
    ) {
        for filters in [3, 16] {
            var check = GradientCheck()
            let x = check.matrix(2, sliding.imageSize)
            let w = check.matrix(sliding.patchSize, filters, deviation: 0.3)
            let bias = check.matrix(1, filters)
            check.expectCorrectGradients { tape in
                tape.addDistance(tape.convolution(tape.parameters[x], sliding, w, bias: bias))
            }
        }
    }
}
