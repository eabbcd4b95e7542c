package import Learning
package import VectorKernels

/// Dense layers over a person, an item, the latest items and the moment: the ranking network of
/// Covington, Adams and Sargin, "Deep neural networks for YouTube recommendations", RecSys 2016,
/// section 4.
///
/// Items are scored as if asked for right after the last interaction. The person's vector is
/// private.
package struct ContextRanker: RecommenderNetwork {
    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The length of vectors.
        package var dimensions: Int
        /// The number of units of each hidden layer.
        package var hidden: [Int]
        /// The most items of a history that are looked at, the latest.
        package var length: Int
        /// Items drawn against each interaction.
        package var negatives: Int

        /// Settings for MovieLens-1M unless told otherwise.
        package init(
            dimensions: Int = 32, hidden: [Int] = [128, 64], length: Int = 20, negatives: Int = 4
        ) {
            self.dimensions = dimensions
            self.hidden = hidden
            self.length = length
            self.negatives = negatives
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("dimensions", \.dimensions, 1...1024),
                .integers("hidden", \.hidden, 1...4096), .integer("length", \.length, 1...512),
                .integer("negatives", \.negatives, 1...1000),
            ]
        }

        package var name: String { "context-dnn" }
        package var title: String { "a network with context" }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            ContextRanker(itemCount: catalogue.count, configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.interaction
    package let chunk = 32

    private let scoring: PairScoring
    private let stack: DenseStack

    /// The network for a catalogue.
    package init(itemCount: Int, configuration: Configuration = Configuration()) {
        self.itemCount = itemCount
        self.configuration = configuration
        var layout = ParameterLayout()
        let fields = FieldEmbeddings(
            width: configuration.dimensions, itemCount: itemCount, attributes: nil, in: &layout)
        scoring = PairScoring(
            fields: fields, length: configuration.length, negatives: configuration.negatives)
        stack = DenseStack(
            named: "hidden", inputs: fields.count * fields.width, widths: configuration.hidden,
            in: &layout)
        self.layout = layout
    }

    package func itemVectors(on tape: Tape) -> Tensor { scoring.fields.itemVectors(on: tape) }

    package func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        scoring.addLoss(of: examples, in: histories, on: tape) { stack($0.vectors, on: tape) }
    }

    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        scoring.scores(of: person, in: histories, on: tape) { stack($0.vectors, on: tape) }
    }
}
