package import Learning
package import VectorKernels

/// An autoencoder of people's items: Sedhain et al., "AutoRec: autoencoders meet collaborative
/// filtering", WWW 2015, equation 2, in its variant for people.
///
/// A person's items, as ones among zeros, pass through a narrow hidden layer, which is to give them
/// back. Without ratings nothing but what is not there tells items apart, so that the loss is over
/// drawn items as well, and some items are hidden from the input: Wu et al., "Collaborative
/// denoising auto-encoders for top-N recommender systems", WSDM 2016. Everything is shared.
package struct ItemAutoencoder: RecommenderNetwork {
    /// What is minimised.
    package enum Objective: String, Sendable, Hashable, CaseIterable {
        /// Cross-entropy.
        case crossEntropy = "cross-entropy"
        /// The squared error, the paper's.
        case squaredError = "squared-error"
    }

    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The number of hidden units.
        package var hidden: Int
        /// What is minimised.
        package var objective: Objective
        /// Items drawn against each of a person's items; 0 for all others of the catalogue.
        package var negatives: Int
        /// The probability that an item is hidden from the input.
        package var dropout: Float

        /// The paper's 500 hidden units unless told otherwise.
        package init(
            hidden: Int = 500, objective: Objective = .crossEntropy, negatives: Int = 4,
            dropout: Float = 0.5
        ) {
            self.hidden = hidden
            self.objective = objective
            self.negatives = negatives
            self.dropout = dropout
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("hidden", \.hidden, 1...4096), .choice("loss", \.objective),
                .integer("negatives", \.negatives, 1...100),
                .number("dropout", \.dropout, 0...0.95),
            ]
        }

        package var name: String { "autorec" }
        package var drawsNegatives: Bool { objective == .crossEntropy }
        package var title: String { "AutoRec" }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            ItemAutoencoder(itemCount: catalogue.count, configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.person
    package let chunk = 8

    private let inputs: Parameter
    private let hiddenBias: Parameter
    private let outputs: Parameter
    private let bias: Parameter

    /// The network for a catalogue.
    package init(itemCount: Int, configuration: Configuration = Configuration()) {
        self.itemCount = itemCount
        self.configuration = configuration
        var layout = ParameterLayout()
        inputs = layout.addTable(
            "inputs", rows: itemCount, columns: configuration.hidden, start: .glorot)
        hiddenBias = layout.add("inputs.bias", columns: configuration.hidden)
        outputs = layout.addTable(
            "outputs", rows: itemCount, columns: configuration.hidden, start: .glorot)
        bias = layout.add("outputs.bias", rows: itemCount, columns: 1)
        self.layout = layout
    }

    package func itemVectors(on tape: Tape) -> Tensor { tape.parameters[outputs] }

    package func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        let people = examples.map { Int($0.person) }.filter { histories.count(of: $0) > 0 }
        guard !people.isEmpty else { return 0 }
        let sets = ItemSets(of: people, in: histories)
        let hidden = hidden(sets, on: tape)
        let (logits, labels) =
            configuration.negatives > 0
            ? drawn(sets, people, hidden, in: histories, on: tape) : all(sets, hidden, on: tape)
        switch configuration.objective {
        case .crossEntropy: tape.addCrossEntropy(logits, labels: labels, scale: 1)
        case .squaredError: tape.addSquaredError(logits, targets: labels, scale: 1)
        }
        return logits.count
    }

    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        let hidden = hidden(ItemSets(of: [person], in: histories), on: tape)
        return tape.shifted(tape.products(hidden, withRowsOf: outputs), by: bias)
    }

    /// σ(Σ v + b) over each person's items, divided by the root of their number, so that the units
    /// of people with hundreds of items do not saturate from the start.
    private func hidden(_ sets: ItemSets, on tape: Tape) -> Tensor {
        let sums = sets.normalizedSums(of: inputs, dropout: configuration.dropout, on: tape)
        return tape.activated(tape.shifted(sums, by: hiddenBias), .sigmoid)
    }

    private func all(
        _ sets: ItemSets, _ hidden: Tensor, on tape: Tape
    ) -> (logits: Tensor, labels: Tensor) {
        let labels = tape.constant(0, rows: hidden.rows, columns: itemCount)
        for (row, items) in sets.items.enumerated() {
            for item in items { tape.memory[labels, row, Int(item)] = 1 }
        }
        return (tape.shifted(tape.products(hidden, withRowsOf: outputs), by: bias), labels)
    }

    private func drawn(
        _ sets: ItemSets, _ people: [Int], _ hidden: Tensor, in histories: Histories,
        on tape: Tape
    ) -> (logits: Tensor, labels: Tensor) {
        var (rows, items, labels): ([Int32], [Int32], [Float]) = ([], [], [])
        for (row, (person, own)) in zip(people, sets.items).enumerated() {
            let others = (0..<own.count * configuration.negatives).map { _ in
                histories.negative(for: person, random: &tape.random)
            }
            items += own + others
            labels += own.map { _ in 1 } + others.map { _ in 0 }
            rows.append(contentsOf: repeatElement(Int32(row), count: own.count + others.count))
        }
        let chosen = tape.keep(items)
        let products = tape.rowProducts(
            tape.take(tape.keep(rows), of: hidden), tape.embedding(chosen, of: outputs))
        return (
            tape.sum(products, tape.embedding(chosen, of: bias)),
            tape.constant(labels, columns: 1)
        )
    }
}
