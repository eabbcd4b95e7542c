package import Learning
package import VectorKernels

/// A factorisation machine beside dense layers over the same vectors: Guo et al., "DeepFM: a
/// factorization-machine based neural network for CTR prediction", IJCAI 2017.
///
/// A field that holds several features, such as the latest items, is the mean of their vectors. The
/// weight of the first order is the last column of a vector. The person's vector is private.
package struct DeepFactorizationMachine: RecommenderNetwork {
    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The length of vectors, without the weight.
        package var dimensions: Int
        /// The number of units of each hidden layer.
        package var hidden: [Int]
        /// The probability of dropout of hidden units.
        package var dropout: Float
        /// The most items of a history that are looked at, the latest.
        package var length: Int
        /// Items drawn against each interaction.
        package var negatives: Int

        /// Settings for MovieLens-1M unless told otherwise.
        package init(
            dimensions: Int = 16, hidden: [Int] = [64, 64, 64], dropout: Float = 0.2,
            length: Int = 20, negatives: Int = 4
        ) {
            self.dimensions = dimensions
            self.hidden = hidden
            self.dropout = dropout
            self.length = length
            self.negatives = negatives
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("dimensions", \.dimensions, 1...1024),
                .integers("hidden", \.hidden, 1...4096), .number("dropout", \.dropout, 0...0.95),
                .integer("length", \.length, 1...512), .integer("negatives", \.negatives, 1...1000),
            ]
        }

        package var name: String { "deepfm" }
        package var title: String { "DeepFM" }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            DeepFactorizationMachine(
                itemCount: catalogue.count, attributes: ItemAttributes(of: catalogue),
                configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.interaction
    package let chunk = 32

    private let scoring: PairScoring
    private let deep: DenseStack

    /// The network for a catalogue.
    ///
    /// - Parameters:
    ///   - itemCount: The size of the catalogue.
    ///   - attributes: What is publicly known of the items; nil for nothing.
    ///   - configuration: The settings.
    package init(
        itemCount: Int, attributes: ItemAttributes? = nil,
        configuration: Configuration = Configuration()
    ) {
        self.itemCount = itemCount
        self.configuration = configuration
        var layout = ParameterLayout()
        let fields = FieldEmbeddings(
            width: configuration.dimensions + 1, itemCount: itemCount, attributes: attributes,
            in: &layout)
        scoring = PairScoring(
            fields: fields, length: configuration.length, negatives: configuration.negatives)
        deep = DenseStack(
            named: "deep", inputs: fields.count * configuration.dimensions,
            widths: configuration.hidden, in: &layout)
        self.layout = layout
    }

    package func itemVectors(on tape: Tape) -> Tensor { scoring.fields.itemVectors(on: tape) }

    package func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        scoring.addLoss(of: examples, in: histories, on: tape) { logits($0, on: tape) }
    }

    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        scoring.scores(of: person, in: histories, on: tape) { logits($0, on: tape) }
    }

    /// The paper's equations 1 to 4, before the sigmoid.
    private func logits(_ inputs: PairScoring.Inputs, on tape: Tape) -> Tensor {
        let (fields, width) = (scoring.fields.count, configuration.dimensions)
        let rows = inputs.vectors.reshaped(columns: width + 1)
        let vectors = tape.concatenated(rows.columns(0..<width)).reshaped(columns: fields * width)
        let weights = tape.concatenated(rows.columns(width..<width + 1)).reshaped(columns: fields)
        let ones = tape.constant(1, rows: weights.rows, columns: fields)
        let machine = tape.sum(
            tape.rowProducts(weights, ones), tape.interaction(vectors, width: width))
        return tape.sum(
            machine, deep(vectors, dropout: configuration.dropout, on: tape))
    }
}
