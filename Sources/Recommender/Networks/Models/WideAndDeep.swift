package import Learning
package import VectorKernels

/// A linear model beside dense layers: Cheng et al., "Wide and deep learning for recommender
/// systems", DLRS 2016.
///
/// The linear part, wide for its many weights, remembers which item goes with which of the latest
/// ones: a weight for each pair, hashed, and for the item alone. The dense layers over vectors of
/// all that is known generalise. The person's vector is private.
package struct WideAndDeep: RecommenderNetwork {
    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The length of vectors.
        package var dimensions: Int
        /// The number of units of each hidden layer.
        package var hidden: [Int]
        /// The number of weights of the linear part.
        package var weights: Int
        /// The most items of a history that are looked at, the latest.
        package var length: Int
        /// Items drawn against each interaction.
        package var negatives: Int

        /// The paper's vectors, with layers an eighth as wide, unless told otherwise.
        package init(
            dimensions: Int = 32, hidden: [Int] = [128, 64, 32], weights: Int = 1 << 16,
            length: Int = 20, negatives: Int = 4
        ) {
            self.dimensions = dimensions
            self.hidden = hidden
            self.weights = weights
            self.length = length
            self.negatives = negatives
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("dimensions", \.dimensions, 1...1024),
                .integers("hidden", \.hidden, 1...4096),
                .integer("weights", \.weights, 16...16_777_216),
                .integer("length", \.length, 1...512), .integer("negatives", \.negatives, 1...1000),
            ]
        }

        package var name: String { "wide-and-deep" }
        package var title: String { "Wide & Deep" }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            WideAndDeep(
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
    private let wide: Parameter
    private let hash: FeatureHash
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
            width: configuration.dimensions, itemCount: itemCount, attributes: attributes,
            in: &layout)
        scoring = PairScoring(
            fields: fields, length: configuration.length, negatives: configuration.negatives)
        hash = FeatureHash(buckets: configuration.weights)
        wide = layout.addTable(
            "wide", rows: configuration.weights, columns: 1, start: .constant(0))
        deep = DenseStack(
            named: "deep", inputs: fields.count * fields.width, widths: configuration.hidden,
            in: &layout)
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

    /// The paper's equation 3, before the sigmoid.
    private func logits(_ inputs: PairScoring.Inputs, on tape: Tape) -> Tensor {
        // One weight for the item alone, one with each of the latest; none where those are fewer.
        let slots = 1 + configuration.length
        var weights = [Int32](repeating: -1, count: inputs.items.count * slots)
        for (pair, item) in inputs.items.enumerated() {
            weights[pair * slots] = hash(item, -1)
            let latest = inputs.requests.latest[Int(inputs.rows[pair])]
            for (slot, other) in latest.enumerated() {
                weights[pair * slots + 1 + slot] = hash(item, other)
            }
        }
        let taken = tape.embedding(tape.keep(weights), of: wide).reshaped(columns: slots)
        let ones = tape.constant(1, rows: taken.rows, columns: slots)
        return tape.sum(deep(inputs.vectors, on: tape), tape.rowProducts(taken, ones))
    }
}
