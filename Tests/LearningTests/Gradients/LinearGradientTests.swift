import Learning
import Testing
import VectorKernels

@Suite struct LinearGradientTests {
    /// Rows, inputs and outputs: below, at and above the sizes at which kernels cut their work, six
    /// rows, sixteen columns and 256 inner products.
    static let sizes = [(1, 3, 1), (7, 5, 3), (12, 16, 32), (13, 33, 17), (2, 259, 2)]

    @Test(arguments: sizes)
    func `gradients of a dense layer agree with central differences`(
        rows: Int, inputs: Int, outputs: Int
    ) {
        var check = GradientCheck()
        let (x, w) = (check.matrix(rows, inputs), check.matrix(inputs, outputs, deviation: 0.3))
        let bias = check.matrix(1, outputs)
        check.expectCorrectGradients { tape in
            tape.addDistance(tape.dense(tape.parameters[x], w, bias: bias))
        }
    }

    @Test(arguments: sizes)
    func `gradients of a dense layer without bias agree with central differences`(
        rows: Int, inputs: Int, outputs: Int
    ) {
        var check = GradientCheck()
        let (x, w) = (check.matrix(rows, inputs), check.matrix(inputs, outputs, deviation: 0.3))
        check.expectCorrectGradients { tape in
            tape.addDistance(tape.dense(tape.parameters[x], w))
        }
    }

    @Test func `gradients of a dense layer of some columns agree with central differences`() {
        var check = GradientCheck()
        let (x, w, bias) = (check.matrix(9, 20), check.matrix(7, 18), check.matrix(1, 18))
        check.expectCorrectGradients { tape in
            // Columns that no layer reads are compared too: by their distance from targets.
            tape.addDistance(tape.parameters[x])
            tape.addDistance(tape.dense(tape.parameters[x].columns(4..<11), w, bias: bias))
        }
    }

    @Test func `a dense layer that does not reach its inputs leaves their gradients alone`() {
        var layout = ParameterLayout()
        let x = layout.add("x", rows: 5, columns: 4, start: .uniform(1))
        let w = layout.add("w", rows: 4, columns: 3, start: .uniform(1))
        let tape = Tape(layout, seed: 1)
        tape.parameters.write(layout.start(.shared, seed: 1), .shared)
        tape.restart(training: true)
        tape.addDistance(tape.dense(tape.parameters[x], w, reachingInputs: false))
        tape.backward()
        #expect(tape.memory.readGradient(tape.parameters[x]).allSatisfy { $0 == 0 })
        #expect(tape.memory.readGradient(tape.parameters[w]).allSatisfy { $0 != 0 })
    }

    @Test(arguments: sizes)
    func `gradients of products with rows agree with central differences`(
        rows: Int, width: Int, others: Int
    ) {
        var check = GradientCheck()
        let (x, t) = (check.matrix(rows, width), check.matrix(others, width, deviation: 0.3))
        check.expectCorrectGradients { tape in
            tape.addDistance(tape.products(tape.parameters[x], withRowsOf: t))
        }
    }

    @Test func `gradients of products of a matrix with itself agree with central differences`() {
        var check = GradientCheck()
        let x = check.matrix(7, 18, deviation: 0.3)
        check.expectCorrectGradients { tape in
            let x = tape.parameters[x]
            tape.addDistance(tape.products(x, withRowsOf: x))
        }
    }

    @Test(arguments: [(1, 16), (5, 7), (3, 33)])
    func `gradients of a shift agree with central differences`(rows: Int, columns: Int) {
        var check = GradientCheck()
        let (x, bias) = (check.matrix(rows, columns), check.matrix(columns, 1))
        check.expectCorrectGradients { tape in
            tape.addDistance(tape.shifted(tape.parameters[x], by: bias))
        }
    }

    @Test(arguments: [1, 5, 16, 33])
    func `gradients of embeddings agree with central differences`(width: Int) {
        var check = GradientCheck()
        let table = check.matrix(8, width)
        check.expectCorrectGradients { tape in
            // Row 3 often, rows 1, 4 and 7 never, and two places without a row.
            let rows = tape.keep([3, -1, 0, 3, 5, 3, -7, 2, 6, 0])
            tape.addDistance(tape.embedding(rows, of: table, scale: 1.5))
        }
    }

    @Test func `gradients of rows that are taken from a result agree with central differences`() {
        var check = GradientCheck()
        let (x, w) = (check.matrix(6, 4), check.matrix(4, 17))
        check.expectCorrectGradients { tape in
            let y = tape.dense(tape.parameters[x], w)
            tape.addDistance(tape.take(tape.keep([5, 5, -1, 0, 2, 5]), of: y, scale: -0.5))
        }
    }

    @Test(arguments: [(4, 6), (16, 32)])
    func `gradients of the products of rows agree with central differences`(
        width: Int, stride: Int
    ) {
        var check = GradientCheck()
        let (a, b) = (check.matrix(9, stride), check.matrix(9, width))
        check.expectCorrectGradients { tape in
            let a = tape.parameters[a]
            let some = a.columns(stride - width..<stride)
            tape.addDistance(a)
            tape.addDistance(tape.rowProducts(some, tape.parameters[b]))
            tape.addDistance(tape.rowProducts(some, some))
        }
    }

    @Test(arguments: [(2, 5), (4, 16), (3, 19)])
    func `gradients of the interaction of fields agree with central differences`(
        fields: Int, width: Int
    ) {
        var check = GradientCheck()
        let x = check.matrix(5, fields * width)
        check.expectCorrectGradients { tape in
            tape.addDistance(tape.interaction(tape.parameters[x], width: width))
        }
    }
}
