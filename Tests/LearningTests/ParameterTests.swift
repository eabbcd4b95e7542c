import Learning
import Testing
import VectorKernels

@Suite struct ParameterTests {
    private var layout = ParameterLayout()
    private let table: Parameter
    private let matrix: Parameter
    private let person: Parameter
    private let bias: Parameter

    init() {
        table = layout.addTable("items", rows: 50, columns: 4, start: .normal(0.1))
        person = layout.addTable(
            "people", rows: 1, columns: 4, start: .normal(0.1), scope: .personal)
        matrix = layout.add("weights", rows: 20, columns: 30, start: .glorot)
        bias = layout.add("bias", columns: 3, start: .constant(2), scope: .personal)
    }

    @Test func `a layout knows names, shapes and scopes in order`() {
        #expect(layout.entries.map(\.name) == ["items", "people", "weights", "bias"])
        #expect(layout.parameters(.shared) == [table, matrix])
        #expect(layout.parameters(.personal) == [person, bias])
        #expect(layout.count(.shared) == 50 * 4 + 20 * 30)
        #expect(layout.count(.personal) == 4 + 3)
        #expect(layout[table].isTable && !layout[matrix].isTable)
        #expect(layout[bias].rows == 1)
    }

    @Test func `starting values are as the layout says`() {
        let start = layout.start(.shared, seed: 3)
        #expect(start.count == layout.count(.shared))
        let (normal, glorot) = (start.prefix(200), start.dropFirst(200))
        // The mean square of 200 normal draws is within 50 % of their variance, and that of 600
        // uniform ones within 20 %, but for one seed in 100 000.
        let square = normal.reduce(0) { $0 + $1 * $1 } / 200
        #expect((0.005...0.015).contains(square))
        let bound = (6.0 / 50).squareRoot()
        #expect(glorot.allSatisfy { Double(abs($0)) <= bound })
        let spread = glorot.reduce(0) { $0 + Double($1 * $1) } / 600 / (bound * bound / 3)
        #expect((0.8...1.2).contains(spread))
        #expect(layout.start(.personal, seed: 3).suffix(3) == [2, 2, 2])
    }

    @Test func `uniform starting values fill their bounds`() {
        var layout = ParameterLayout()
        _ = layout.add("x", rows: 30, columns: 30, start: .uniform(0.5))
        let start = layout.start(.shared, seed: 1)
        // A tenth of the range stays empty in 900 draws once in 10^41 seeds.
        #expect(start.allSatisfy { abs($0) <= 0.5 })
        #expect(start.contains { $0 < -0.4 } && start.contains { $0 > 0.4 })
    }

    @Test func `starting values depend on the seed and on nothing that comes after`() {
        var longer = layout
        _ = longer.add("more", rows: 2, columns: 2, start: .glorot)
        let start = layout.start(.shared, seed: 3)
        #expect(layout.start(.shared, seed: 3) == start)
        #expect(Array(longer.start(.shared, seed: 3).prefix(start.count)) == start)
        #expect(layout.start(.shared, seed: 4) != start)
    }

    @Test func `parameters of a scope are read as they were written`() {
        let tape = Tape(layout, people: 3, seed: 1)
        let shared = layout.start(.shared, seed: 1)
        let people = (0..<3).map { layout.start(.personal, seed: UInt64($0) + 10) }
        tape.parameters.write(shared, .shared)
        for (number, values) in people.enumerated() {
            tape.parameters.write(values, .personal, person: number)
        }
        #expect(tape.parameters.read(.shared) == shared)
        #expect((0..<3).map { tape.parameters.read(.personal, person: $0) } == people)
    }

    @Test func `personal parameters lie person after person`() {
        let tape = Tape(layout, people: 3, seed: 1)
        tape.parameters.write([1, 2, 3, 4, 5, 6, 7], .personal, person: 2)
        #expect(tape.parameters[person].rows == 3)
        #expect(
            tape.memory.read(tape.parameters[person]) == [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])
        #expect(tape.memory.read(tape.parameters.matrix(of: bias, person: 2)) == [5, 6, 7])
        #expect(tape.parameters.matrix(of: matrix, person: 2) == tape.parameters[matrix])
    }

    /// The stretches that are touched: the number of the parameter in the layout, and the rows.
    private func touched(_ tape: Tape) -> [String] {
        var found: [String] = []
        tape.parameters.forEachTouched { found.append("\(layout[$0].name) \($1)") }
        return found
    }

    @Test func `a step touches the rows that it takes, and all other matrices`() {
        let tape = Tape(layout, people: 2, seed: 1)
        let others = ["weights 0..<20", "bias 0..<2"]
        #expect(touched(tape) == others)
        tape.restart(training: true)
        _ = tape.embedding(tape.keep([7, -1, 3, 7, 49]), of: table)
        _ = tape.embedding(tape.keep([1]), of: person)
        let rows = ["items 7..<8", "items 3..<4", "items 49..<50", "people 1..<2"]
        #expect(touched(tape) == rows + others)
        Descent(.descent(rate: 1), on: tape).step()
        #expect(touched(tape) == others)
    }

    @Test func `products with all rows touch all of them`() {
        let tape = Tape(layout, seed: 1)
        tape.restart(training: true)
        let some = tape.embedding(tape.keep([7, 3]), of: table)
        _ = tape.products(some, withRowsOf: table)
        _ = tape.embedding(tape.keep([9]), of: table)
        #expect(touched(tape) == ["items 0..<50", "weights 0..<20", "bias 0..<1"])
    }

    @Test func `inference touches nothing`() {
        let tape = Tape(layout, seed: 1)
        tape.restart(training: false)
        let some = tape.embedding(tape.keep([7, 3]), of: table)
        _ = tape.products(some, withRowsOf: table)
        #expect(touched(tape) == ["weights 0..<20", "bias 0..<1"])
    }

    /// A step that moves items 3 and 7.
    private func move(_ tape: Tape) {
        let descent = Descent(.descent(rate: 0.1), on: tape)
        tape.restart(training: true)
        let some = tape.embedding(tape.keep([7, 3]), of: table)
        tape.addDistance(tape.dense(tape.concatenated(some, some, some, some, some), matrix))
        tape.backward()
        descent.step()
    }

    @Test func `what has changed leads from the written values to those of now`() {
        let tape = Tape(layout, seed: 1)
        let start = layout.start(.shared, seed: 1)
        tape.parameters.write(start, .shared)
        move(tape)
        var (values, count) = (start, 0)
        tape.parameters.forEachChanged { parameter, offset, stretch in
            let changed = tape.memory.read(stretch)
            let first = offset + (parameter == matrix ? layout[table].count : 0)
            values.replaceSubrange(first..<first + changed.count, with: changed)
            count += changed.count
        }
        #expect(values == tape.parameters.read(.shared))
        #expect(values[12..<16] != start[12..<16] && values[28..<32] != start[28..<32])
        #expect(count == 2 * 4 + 20 * 30)
    }

    @Test func `what has changed is pulled a share of the way back`() {
        let tape = Tape(layout, seed: 1)
        let start = layout.start(.shared, seed: 1)
        tape.parameters.write(start, .shared)
        move(tape)
        let moved = tape.parameters.read(.shared)
        tape.parameters.pull(towards: start, by: 0)
        #expect(tape.parameters.read(.shared) == moved)
        tape.parameters.pull(towards: start, by: 0.25)
        let pulled = tape.parameters.read(.shared).map(Double.init)
        let expected = zip(start, moved).map { 0.25 * Double($0) + 0.75 * Double($1) }
        #expect(distance(pulled, expected) < 1e-5)
        tape.parameters.pull(towards: start, by: 1)
        #expect(tape.parameters.read(.shared) == start)
    }

    @Test func `restored parameters are those that were written`() {
        let tape = Tape(layout, seed: 1)
        let start = layout.start(.shared, seed: 1)
        tape.parameters.write(start, .shared)
        for _ in 0..<2 {
            move(tape)
            #expect(tape.parameters.read(.shared) != start)
            tape.parameters.restore(start)
            #expect(tape.parameters.read(.shared) == start)
            var count = 0
            tape.parameters.forEachChanged { count += $2.count }
            #expect(count == 20 * 30)
        }
    }
}
