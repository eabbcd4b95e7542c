package import Learning
package import VectorKernels

/// Two towers: Covington, Adams and Sargin, "Deep neural networks for YouTube recommendations",
/// RecSys 2016, section 3; Yi et al., "Sampling-bias-corrected neural modeling for large corpus item
/// recommendations", RecSys 2019.
///
/// One makes a vector of a person, from the latest items and a private vector; the other one of an
/// item, from what is publicly known of it as well, so that items that nobody has met have one. Its
/// candidates are the items of the other examples and some that are drawn for all: Yang et al.,
/// "Mixed negative sampling for learning two-tower neural networks in recommendations", WWW 2020
/// companion.
package struct TwoTower: RecommenderNetwork {
    /// How the latest items become one vector.
    package enum Pooling: String, Sendable, Hashable, CaseIterable {
        /// Their mean.
        case mean
        /// Their mean, weighted by a softmax of learned scores.
        case attention
    }

    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The length of vectors.
        package var dimensions: Int
        /// The number of hidden units of each tower.
        package var hidden: Int
        /// The most items of a history that are looked at, the latest.
        package var length: Int
        /// How they become one vector.
        package var pooling: Pooling
        /// Items drawn against all examples that are computed at once.
        package var negatives: Int
        /// The probability that an item's own vector is left out, so that the towers learn to do
        /// without: Volkovs, Yu and Poutanen, "DropoutNet: addressing cold start in recommender
        /// systems", NIPS 2017.
        package var itemDropout: Float
        /// The height in pixels of the pictures that items' content is; 0 where it is not pictures.
        package var pictureHeight: Int
        /// The width of such pictures.
        package var pictureWidth: Int
        /// The number of filters of the first layer over pictures.
        package var filters: Int

        /// Settings for MovieLens-1M unless told otherwise.
        package init(
            dimensions: Int = 64, hidden: Int = 128, length: Int = 20, pooling: Pooling = .mean,
            negatives: Int = 128, itemDropout: Float = 0.1, pictureHeight: Int = 0,
            pictureWidth: Int = 16, filters: Int = 8
        ) {
            self.dimensions = dimensions
            self.hidden = hidden
            self.length = length
            self.pooling = pooling
            self.negatives = negatives
            self.itemDropout = itemDropout
            self.pictureHeight = pictureHeight
            self.pictureWidth = pictureWidth
            self.filters = filters
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("dimensions", \.dimensions, 1...1024),
                .integer("hidden", \.hidden, 1...4096), .integer("length", \.length, 1...512),
                .choice("pooling", \.pooling), .integer("negatives", \.negatives, 1...4096),
                .number("itemDropout", \.itemDropout, 0...0.95),
                .integer("pictureHeight", \.pictureHeight, 0...512),
                .integer("pictureWidth", \.pictureWidth, 8...512, where: \.hasPictures),
                .integer("filters", \.filters, 1...256, where: \.hasPictures),
            ]
        }

        package var name: String { "two-tower" }
        package var title: String { "two towers" }

        private var hasPictures: Bool { pictureHeight > 0 }

        package var contradiction: String? {
            (1..<8).contains(pictureHeight)
                ? "algorithm.pictureHeight is \(pictureHeight), and pictures have 8 rows or more"
                : nil
        }

        package func contradiction(with catalogue: Catalogue) -> String? {
            let (width, size) = (catalogue.contentWidth, pictureHeight * pictureWidth)
            guard hasPictures, width == 0 || width % size != 0 else { return nil }
            return "items have \(width) numbers as content, which are no pictures of "
                + "\(pictureHeight) × \(pictureWidth) pixels (algorithm.pictureHeight, "
                + "algorithm.pictureWidth)"
        }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            let hasImages = hasPictures && contradiction(with: catalogue) == nil
            return TwoTower(
                itemCount: catalogue.count,
                attributes: ItemAttributes(of: catalogue, hasContent: !hasPictures),
                images: hasImages
                    ? ItemImages(of: catalogue, height: pictureHeight, width: pictureWidth) : nil,
                configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.interaction
    /// Examples are each other's negatives.
    package let chunk = 64

    private let tower: ItemTower
    private let person: Parameter
    private let attention: Parameter?
    private let hidden: Linear
    private let last: Linear

    /// The network for a catalogue.
    ///
    /// - Parameters:
    ///   - itemCount: The size of the catalogue.
    ///   - attributes: What is publicly known of the items; nil for nothing.
    ///   - images: Public pictures of the items; nil for none.
    ///   - configuration: The settings.
    package init(
        itemCount: Int, attributes: ItemAttributes? = nil, images: ItemImages? = nil,
        configuration: Configuration = Configuration()
    ) {
        self.itemCount = itemCount
        self.configuration = configuration
        let width = configuration.dimensions
        var layout = ParameterLayout()
        tower = ItemTower(
            itemCount: itemCount, attributes: attributes, images: images,
            filters: configuration.filters, width: width, hiddenWidth: configuration.hidden,
            in: &layout)
        person = layout.addTable(
            "person", rows: 1, columns: width, start: .normal(0.1), scope: .personal)
        attention =
            configuration.pooling == .attention
            ? layout.add("attention", rows: width, columns: 1, start: .glorot) : nil
        hidden = Linear(named: "person.hidden", 2 * width, configuration.hidden, in: &layout)
        last = Linear(named: "person.last", configuration.hidden, width, in: &layout)
        self.layout = layout
    }

    package func itemVectors(on tape: Tape) -> Tensor {
        let items = (0..<itemCount).map(Int32.init)
        return tower.vectors(
            items, inputs: tower.inputs(items, dropout: 0, on: tape), on: tape)
    }

    package func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        let requests = Requests(before: examples, in: histories, length: configuration.length)
        let candidates = Candidates(
            of: examples, drawing: configuration.negatives, in: histories, on: tape)
        // What items are made of is computed once for each item of the chunk.
        let items = DistinctItems(candidates.items + requests.latest.joined())
        let inputs = tower.inputs(items.items, dropout: configuration.itemDropout, on: tape)
        let people = people(requests, items: items, inputs: inputs, on: tape)
        let chosen = tower.vectors(
            candidates.items, inputs: inputs.rows(0..<candidates.items.count), on: tape)
        candidates.addLoss(tape.products(people, withRowsOf: chosen), on: tape)
        return examples.count
    }

    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        let requests = Requests(after: person, in: histories, length: configuration.length)
        let latest = DistinctItems(requests.latest.joined())
        let query = people(
            requests, items: latest, inputs: tower.inputs(latest.items, dropout: 0, on: tape),
            on: tape)
        return tape.scores(itemCount: itemCount) { range in
            let items = range.map(Int32.init)
            let inputs = tower.inputs(items, dropout: 0, on: tape)
            return tape.products(
                query, withRowsOf: tower.vectors(items, inputs: inputs, on: tape))
        }
    }

    /// The vectors of people in the moments of requests, from what their latest items, which are
    /// among `items`, are made of.
    private func people(
        _ requests: Requests, items: DistinctItems, inputs: Tensor, on tape: Tape
    ) -> Tensor {
        let lists = RowLists(requests.latest.map(items.rows), on: tape)
        let x = lists.vectors(of: inputs, on: tape)
        let pooled =
            attention.map {
                lists.means(ofVectors: x, scores: tape.dense(x, $0), on: tape)
            } ?? lists.means(ofVectors: x, on: tape)
        let own = tape.embedding(tape.keep(requests.people), of: person)
        return last(tape.relu(hidden(tape.concatenated(pooled, own), on: tape)), on: tape)
    }
}
