/// One of the parameters of a network.
package struct Parameter: Sendable, Hashable {
    let index: Int
}

/// The parameters of a network: names, shapes, who holds them and how they start.
package struct ParameterLayout: Sendable, Hashable {
    /// Who holds a parameter.
    package enum Scope: Sendable, Hashable {
        /// Everybody: trained through private sums, published.
        case shared
        /// One person: it never leaves the device.
        case personal
    }

    /// What a parameter is before training.
    package enum Start: Sendable, Hashable {
        /// All elements alike.
        case constant(Float)
        /// Nearly normal draws of this standard deviation.
        case normal(Float)
        /// Uniform draws of ±√(6 / (rows + columns)): Glorot and Bengio, "Understanding the
        /// difficulty of training deep feedforward neural networks", AISTATS 2010, equation 16.
        case glorot
        /// Uniform draws of ±bound.
        case uniform(Float)
    }

    /// One parameter.
    package struct Entry: Sendable, Hashable {
        /// What snapshots call it.
        package let name: String
        /// The number of rows; of a personal parameter, for one person.
        package let rows: Int
        /// The number of columns.
        package let columns: Int
        /// Who holds it.
        package let scope: Scope
        /// Whether a step touches few of the rows: embeddings. Their gradients are sparse.
        package let isTable: Bool
        /// What it is before training.
        package let start: Start

        /// The number of elements; of a personal parameter, for one person.
        package var count: Int { rows * columns }
    }

    /// The parameters in the order in which they were added.
    package private(set) var entries: [Entry] = []

    /// No parameters.
    package init() {}

    /// Adds a matrix that every step touches.
    package mutating func add(
        _ name: String, rows: Int = 1, columns: Int, start: Start = .constant(0),
        scope: Scope = .shared
    ) -> Parameter {
        add(
            Entry(
                name: name, rows: rows, columns: columns, scope: scope, isTable: false, start: start
            ))
    }

    /// Adds a table of embeddings.
    package mutating func addTable(
        _ name: String, rows: Int, columns: Int, start: Start, scope: Scope = .shared
    ) -> Parameter {
        add(
            Entry(
                name: name, rows: rows, columns: columns, scope: scope, isTable: true, start: start)
        )
    }

    private mutating func add(_ entry: Entry) -> Parameter {
        precondition(entry.rows > 0 && entry.columns > 0)
        precondition(!entries.contains { $0.name == entry.name })
        entries.append(entry)
        return Parameter(index: entries.count - 1)
    }

    /// The entry of a parameter.
    package subscript(parameter: Parameter) -> Entry { entries[parameter.index] }

    /// All parameters of a scope.
    package func parameters(_ scope: Scope) -> [Parameter] {
        entries.indices.filter { entries[$0].scope == scope }.map(Parameter.init)
    }

    /// The number of elements of all parameters of a scope; personal ones of one person.
    package func count(_ scope: Scope) -> Int {
        entries.reduce(0) { $0 + ($1.scope == scope ? $1.count : 0) }
    }

    /// The starting values of a scope, one parameter after the other; personal ones of one person.
    package func start(_ scope: Scope, seed: UInt64) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(count(scope))
        for (index, entry) in entries.enumerated() where entry.scope == scope {
            var random = SplitMix64(seed: seed, stream: UInt64(index))
            entry.appendStart(to: &values, random: &random)
        }
        return values
    }
}

extension ParameterLayout.Entry {
    fileprivate func appendStart(to values: inout [Float], random: inout SplitMix64) {
        switch start {
        case .constant(let value): values.append(contentsOf: repeatElement(value, count: count))
        case .normal(let deviation):
            for _ in 0..<count { values.append(random.nextApproximateNormal() * deviation) }
        case .glorot:
            appendUniform((6 / Float(rows + columns)).squareRoot(), to: &values, random: &random)
        case .uniform(let bound): appendUniform(bound, to: &values, random: &random)
        }
    }

    private func appendUniform(
        _ bound: Float, to values: inout [Float], random: inout SplitMix64
    ) {
        for _ in 0..<count { values.append((2 * random.nextUniform() - 1) * bound) }
    }
}
