package import Learning
package import VectorKernels

/// A gated recurrent unit over a person's latest items: Hidasi et al., "Session-based
/// recommendations with recurrent neural networks" (GRU4Rec), ICLR 2016.
///
/// After each item the state is to give the next one a higher product than items drawn for all
/// people of a chunk, by cross-entropy of their softmax; the vectors of items are the same before
/// and after the unit: Hidasi and Karatzoglou, "Recurrent neural networks with top-k gains for
/// session-based recommendations", CIKM 2018, sections 3.1 and 4.3. Everything is shared: what is
/// private is the history alone.
package struct GatedRecurrence: RecommenderNetwork {
    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The length of item vectors and of the state.
        package var dimensions: Int
        /// The most items of a history that are looked at, the latest.
        package var length: Int
        /// Items drawn against all steps of a chunk of people.
        package var negatives: Int
        /// The probability of dropout of item vectors and states.
        package var dropout: Float

        /// The paper's 100 units unless told otherwise.
        package init(
            dimensions: Int = 100, length: Int = 200, negatives: Int = 256, dropout: Float = 0.2
        ) {
            self.dimensions = dimensions
            self.length = length
            self.negatives = negatives
            self.dropout = dropout
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("dimensions", \.dimensions, 1...1024),
                .integer("length", \.length, 2...4096),
                .integer("negatives", \.negatives, 1...4096),
                .number("dropout", \.dropout, 0...0.95),
            ]
        }

        package var name: String { "gru4rec" }
        package var title: String { "GRU4Rec" }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            GatedRecurrence(itemCount: catalogue.count, configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.person
    /// Steps are computed for all people at once, so that eight make products efficient.
    package let chunk = 8

    private let items: Parameter
    private let inputs: Linear
    private let state: Linear

    /// The network for a catalogue.
    package init(itemCount: Int, configuration: Configuration = Configuration()) {
        self.itemCount = itemCount
        self.configuration = configuration
        let width = configuration.dimensions
        var layout = ParameterLayout()
        items = layout.addTable("items", rows: itemCount, columns: width, start: .glorot)
        inputs = Linear(named: "inputs", width, 3 * width, in: &layout)
        state = Linear(named: "state", width, 3 * width, in: &layout)
        self.layout = layout
    }

    package func itemVectors(on tape: Tape) -> Tensor { tape.parameters[items] }

    package func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        let people = examples.map { Int($0.person) }.filter { histories.count(of: $0) > 1 }
        guard !people.isEmpty else { return 0 }
        let sequences = people.map {
            histories($0).suffix(configuration.length + 1).map(\.item)
        }
        let states = states(after: sequences.map { $0.dropLast() }, on: tape)
        let targets = tape.keep(sequences.flatMap { $0.dropFirst() })
        let drawn = (0..<configuration.negatives).map { _ in histories.draw(&tape.random) }
        let logits = tape.concatenated(
            tape.rowProducts(states, tape.embedding(targets, of: items)),
            tape.products(states, withRowsOf: tape.embedding(tape.keep(drawn), of: items)))
        // Rates matter only where they shut out what a person has met.
        let rates = tape.constant(0, rows: states.rows, columns: logits.columns)
        var first = 0
        for (person, sequence) in zip(people, sequences) {
            let steps = first..<first + sequence.count - 1
            for (column, item) in drawn.enumerated()
            where histories.contains(item, person: person) {
                for step in steps { tape.memory[rates, step, 1 + column] = Tape.shutOut }
            }
            first = steps.upperBound
        }
        tape.addSampledSoftmax(logits, logRates: rates, scale: 1)
        return states.rows
    }

    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        let latest = histories(person).suffix(configuration.length).map(\.item)
        guard !latest.isEmpty else { return tape.constant(0, rows: 1, columns: itemCount) }
        let states = states(after: [latest[...]], on: tape)
        return tape.products(states.rows(states.rows - 1..<states.rows), withRowsOf: items)
    }

    /// The state after each item of some sequences, none of them empty.
    private func states(after sequences: [ArraySlice<Int32>], on tape: Tape) -> Tensor {
        let vectors = tape.embedding(tape.keep(Array(sequences.joined())), of: items)
        let states = tape.recurrence(
            inputs(tape.dropout(vectors, rate: configuration.dropout), on: tape),
            u: state.weights, bias: state.bias,
            runs: tape.runs(ofLengths: sequences.map(\.count)))
        return tape.dropout(states, rate: configuration.dropout)
    }
}
