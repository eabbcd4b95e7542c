package import Learning
package import VectorKernels

/// Self-attentive sequential recommendation: Kang and McAuley, "Self-attentive sequential
/// recommendation" (SASRec), ICDM 2018.
///
/// A causal transformer over a person's latest items; each of its states is to score the item that
/// came next over one that the person never met. Everything is shared: what is private is the
/// history alone.
package struct SelfAttention: RecommenderNetwork {
    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The length of item vectors and hidden states.
        package var dimensions: Int
        /// The most items of a history that are looked at, the latest.
        package var length: Int
        /// The number of transformer blocks.
        package var blocks: Int
        /// The number of attention heads.
        package var heads: Int
        /// The probability of dropout.
        package var dropout: Float
        /// What bends the hidden layer of a block: the paper's ReLU, or another.
        package var activation: TensorMemory.Activation

        /// The paper's settings for MovieLens-1M unless told otherwise.
        package init(
            dimensions: Int = 50, length: Int = 200, blocks: Int = 2, heads: Int = 1,
            dropout: Float = 0.2, activation: TensorMemory.Activation = .relu
        ) {
            self.dimensions = dimensions
            self.length = length
            self.blocks = blocks
            self.heads = heads
            self.dropout = dropout
            self.activation = activation
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("dimensions", \.dimensions, 1...1024),
                .integer("length", \.length, 2...4096), .integer("blocks", \.blocks, 1...32),
                .integer("heads", \.heads, 1...64), .number("dropout", \.dropout, 0...0.95),
                .choice("activation", \.activation),
            ]
        }

        package var name: String { "sasrec" }
        package var title: String { "SASRec" }
        package var contradiction: String? {
            TransformerBlock.contradiction(heads: heads, dimensions: dimensions)
        }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            SelfAttention(itemCount: catalogue.count, configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.person
    /// Four sequences of 50 steps and 64 dimensions take 1.5 MB between layers, with gradients.
    package let chunk = 4

    private let items: Parameter
    private let positions: Parameter
    private let blocks: [TransformerBlock]
    private let last: Normalization

    /// The network for a catalogue.
    package init(itemCount: Int, configuration: Configuration = Configuration()) {
        self.itemCount = itemCount
        self.configuration = configuration
        let width = configuration.dimensions
        var layout = ParameterLayout()
        items = layout.addTable("items", rows: itemCount, columns: width, start: .glorot)
        positions = layout.addTable(
            "positions", rows: configuration.length, columns: width, start: .glorot)
        blocks = (0..<configuration.blocks).map {
            TransformerBlock(named: "block\($0)", width: width, in: &layout)
        }
        last = Normalization(named: "last", width: width, in: &layout)
        self.layout = layout
    }

    package func itemVectors(on tape: Tape) -> Tensor { tape.parameters[items] }

    package func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        let steps = examples.reduce(0) {
            $0 + max(0, min(configuration.length, histories.count(of: Int($1.person)) - 1))
        }
        guard steps > 0 else { return 0 }
        let inputs = tape.memory.makeRows(steps)
        let places = tape.memory.makeRows(steps)
        let positives = tape.memory.makeRows(steps)
        let negatives = tape.memory.makeRows(steps)
        var starts: [Int32] = [0]
        var row = 0
        for example in examples {
            let person = Int(example.person)
            let count = histories.count(of: person)
            let length = min(configuration.length, count - 1)
            guard length > 0 else { continue }
            for step in 0..<length {
                let place = count - 1 - length + step
                tape.memory[inputs, row] = histories.item(place, of: person)
                tape.memory[positives, row] = histories.item(place + 1, of: person)
                tape.memory[negatives, row] = histories.negative(
                    for: person, random: &tape.random)
                tape.memory[places, row] = Int32(configuration.length - length + step)
                row += 1
            }
            starts.append(Int32(row))
        }
        let states = states(inputs, places, runs: tape.keep(starts), on: tape)
        for (targets, label) in [(positives, Float(1)), (negatives, 0)] {
            let logits = tape.rowProducts(states, tape.embedding(targets, of: items))
            tape.addCrossEntropy(
                logits, labels: tape.constant(label, rows: steps, columns: 1), scale: 1)
        }
        return steps
    }

    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        let count = histories.count(of: person)
        let length = min(configuration.length, count)
        guard length > 0 else { return tape.constant(0, rows: 1, columns: itemCount) }
        let inputs = tape.keep((count - length..<count).map { histories.item($0, of: person) })
        let first = configuration.length - length
        let places = tape.keep(first..<configuration.length)
        let states = states(inputs, places, runs: tape.keep([0, Int32(length)]), on: tape)
        return tape.products(states.rows(length - 1..<length), withRowsOf: items)
    }

    /// The state after each item.
    private func states(
        _ inputs: RowNumbers, _ places: RowNumbers, runs: RowNumbers, on tape: Tape
    ) -> Tensor {
        var x = tape.embedding(
            inputs, of: items, scale: Float(configuration.dimensions).squareRoot())
        x = tape.sum(x, tape.embedding(places, of: positions))
        x = tape.dropout(x, rate: configuration.dropout)
        for block in blocks {
            x = block(
                x, runs: runs, heads: configuration.heads, dropout: configuration.dropout,
                activation: configuration.activation,
                on: tape)
        }
        return last(x, on: tape)
    }
}
