package import VectorKernels

/// The values of a network's parameters at the front of a tape's memory, with their gradients.
///
/// Of tables it knows which rows are *touched*, their gradients not being zero, and which have
/// *changed* since the values were written; other parameters always count as both.
package final class Parameters {
    /// Names, shapes and scopes.
    package let layout: ParameterLayout
    /// How many people's private parameters there are.
    package let people: Int
    /// Where the memory of parameters, and of what optimisers keep of them, ends.
    package private(set) var end: Int

    private let memory: TensorMemory
    private let tensors: [Tensor]
    private var touched: [RowSet]
    private var changed: [RowSet]

    init(_ layout: ParameterLayout, people: Int, in memory: TensorMemory) {
        self.layout = layout
        self.people = people
        self.memory = memory
        tensors = layout.entries.map { entry in
            let tensor = memory.allocate(
                rows: entry.scope == .personal ? people * entry.rows : entry.rows,
                columns: entry.columns)
            memory.fill(tensor, with: 0)
            return tensor
        }
        touched = zip(layout.entries, tensors).map { entry, tensor in
            RowSet(of: entry.isTable ? tensor.rows : 0)
        }
        changed = touched
        end = memory.used
    }

    /// The matrix of a parameter; of a personal one, person after person.
    package subscript(parameter: Parameter) -> Tensor { tensors[parameter.index] }

    /// The matrix of a parameter, of one person where it is personal.
    package func matrix(of parameter: Parameter, person: Int) -> Tensor {
        let entry = layout[parameter]
        guard entry.scope == .personal else { return self[parameter] }
        return self[parameter].rows(person * entry.rows..<(person + 1) * entry.rows)
    }

    /// Matrices of the shapes of all parameters, all zero, for an optimiser to keep.
    func makeState() -> [Tensor] {
        memory.release(to: end)
        let state = tensors.map { tensor in
            let kept = memory.allocate(rows: tensor.rows, columns: tensor.columns)
            memory.fill(kept, with: 0)
            return kept
        }
        end = memory.used
        return state
    }
}

// Values.
extension Parameters {
    /// Writes the values of all parameters of a scope, one after the other; those of a person for
    /// personal ones. Of shared ones, no row counts as changed any more.
    package func write(
        _ values: [Float], _ scope: ParameterLayout.Scope, person: Int = 0
    ) {
        precondition(values.count == layout.count(scope))
        var first = 0
        for parameter in layout.parameters(scope) {
            let tensor = matrix(of: parameter, person: person)
            memory.write(values[first..<first + tensor.count], to: tensor)
            first += tensor.count
        }
        if scope == .shared { forgetChanged() }
    }

    /// The values of all parameters of a scope, one after the other.
    package func read(_ scope: ParameterLayout.Scope, person: Int = 0) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(layout.count(scope))
        for parameter in layout.parameters(scope) {
            values += memory.read(matrix(of: parameter, person: person))
        }
        return values
    }

    /// Calls `body` with every stretch of shared parameters that may have changed: where it begins
    /// in its parameter, and the matrix.
    package func forEachChanged(
        _ body: (_ parameter: Parameter, _ offset: Int, _ matrix: Tensor) -> Void
    ) {
        for parameter in layout.parameters(.shared) {
            let tensor = self[parameter]
            forEachStretch(of: parameter, in: changed) { rows in
                body(parameter, rows.lowerBound * tensor.columns, tensor.rows(rows))
            }
        }
    }

    /// Appends how far a matrix is from what it was; `start` is where its values begin among those
    /// of all shared parameters.
    package func appendChange(
        of matrix: Tensor, from values: [Float], at start: Int, to changes: inout [Float]
    ) {
        memory.appendDifference(of: matrix, from: values, at: start, to: &changes)
    }

    /// Moves every shared parameter that may have changed towards what it was, by a share of the
    /// way.
    ///
    /// - Parameters:
    ///   - values: The values of all shared parameters, one after the other.
    ///   - share: 0 to stay, 1 to go back.
    package func pull(towards values: [Float], by share: Float) {
        var start = 0
        for parameter in layout.parameters(.shared) {
            let tensor = self[parameter]
            forEachStretch(of: parameter, in: changed) { rows in
                let first = start + rows.lowerBound * tensor.columns
                memory.pull(tensor.rows(rows), towards: values, from: first, by: share)
            }
            start += tensor.count
        }
    }

    /// Writes the values of everything shared that may have changed, as ``write(_:_:person:)`` wrote
    /// them.
    package func restore(_ values: [Float]) {
        precondition(values.count == layout.count(.shared))
        var start = 0
        for parameter in layout.parameters(.shared) {
            let tensor = self[parameter]
            forEachStretch(of: parameter, in: changed) { rows in
                let first = start + rows.lowerBound * tensor.columns
                memory.write(
                    values[first..<first + rows.count * tensor.columns], to: tensor.rows(rows))
            }
            start += tensor.count
        }
        forgetChanged()
    }

    private func forgetChanged() {
        for index in changed.indices { changed[index].removeAll() }
    }

    private func forEachStretch(
        of parameter: Parameter, in sets: [RowSet], _ body: (Range<Int>) -> Void
    ) {
        let set = sets[parameter.index]
        guard layout[parameter].isTable, !set.isAll else {
            return body(0..<self[parameter].rows)
        }
        for row in set.rows { body(Int(row)..<Int(row) + 1) }
    }
}

// Gradients.
extension Parameters {
    /// Notes that the gradients of some rows of a table will not be zero.
    func touch(_ rows: RowNumbers, of table: Parameter) {
        guard layout[table].isTable else { return }
        for place in 0..<rows.count {
            let row = memory[rows, place]
            if row >= 0 { touched[table.index].insert(row) }
        }
    }

    /// Notes that the gradients of all rows of a table will not be zero.
    func touchAll(of table: Parameter) { touched[table.index].insertAll() }

    /// Counts all rows of all tables as touched.
    func touchAll() {
        for index in touched.indices { touched[index].insertAll() }
    }

    /// Calls `body` with every stretch of parameters whose gradient may not be zero.
    package func forEachTouched(_ body: (Parameter, Range<Int>) -> Void) {
        for index in tensors.indices {
            let parameter = Parameter(index: index)
            forEachStretch(of: parameter, in: touched) { body(parameter, $0) }
        }
    }

    /// Moves the gradients of another tape's parameters of the same layout here.
    package func takeGradients(of other: Parameters) {
        precondition(other.layout == layout && other.people == people)
        other.forEachTouched { parameter, rows in
            let tensor = self[parameter].rows(rows)
            memory.addGradient(tensor, of: other.memory)
            other.memory.clearGradient(tensor)
        }
        for index in touched.indices {
            touched[index].formUnion(other.touched[index])
            other.touched[index].removeAll()
        }
    }

    /// After a step: touched rows have changed, and their gradients are zero again.
    func settle() {
        for index in touched.indices {
            changed[index].formUnion(touched[index])
            touched[index].removeAll()
        }
    }

    /// Copies the values of everything that is touched to another tape's parameters of the same
    /// layout.
    func copyTouched(to other: Parameters) {
        forEachTouched { parameter, rows in
            other.memory.copy(self[parameter].rows(rows), of: memory)
        }
        for index in touched.indices { other.changed[index].formUnion(touched[index]) }
    }
}
