package import Learning
package import VectorKernels

/// Matrix factorisation with biases: Koren, Bell and Volinsky, "Matrix factorization techniques for
/// recommender systems", Computer 42(8), 2009, equation 4.
///
/// An item's score is the product of the person's vector and the item's, plus a bias of each. The
/// person's vector and bias are private; an item's bias is the last column of its row.
package struct FactorModel: RecommenderNetwork {
    /// What is minimised.
    package enum Objective: String, Sendable, Hashable, CaseIterable {
        /// Cross-entropy of interactions and of drawn items, each apart: He et al., "Neural
        /// collaborative filtering", WWW 2017, equation 7.
        case crossEntropy = "cross-entropy"
        /// -log σ of how far an item is above a drawn one: Rendle et al., "BPR: Bayesian
        /// personalized ranking from implicit feedback", UAI 2009.
        case pairs = "bpr"
        /// Cross-entropy of the softmax over an item and those drawn against it: Jean et al., "On
        /// using very large target vocabulary for neural machine translation", ACL 2015, section 3.
        case sampledSoftmax = "sampled-softmax"
        /// The squared error of explicit ratings; interactions without one teach nothing.
        case ratings
    }

    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The length of vectors.
        package var dimensions: Int
        /// What is minimised.
        package var objective: Objective
        /// Items drawn against each interaction; none for ratings.
        package var negatives: Int
        /// What is taken off ratings.
        package var meanRating: Float

        /// Settings for MovieLens-1M unless told otherwise: Rendle et al., "Neural collaborative
        /// filtering vs. matrix factorization revisited", RecSys 2020.
        package init(
            dimensions: Int = 64, objective: Objective = .crossEntropy, negatives: Int = 8,
            meanRating: Float = 3.5
        ) {
            self.dimensions = dimensions
            self.objective = objective
            self.negatives = negatives
            self.meanRating = meanRating
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("dimensions", \.dimensions, 1...1024), .choice("loss", \.objective),
                .number(
                    "meanRating", \.meanRating, -1e6...1e6, where: { $0.objective == .ratings }),
                .integer(
                    "negatives", \.negatives, 1...1000, where: { $0.objective != .ratings }),
            ]
        }

        package var name: String { "mf" }
        package var drawsNegatives: Bool { objective != .ratings }
        package var title: String { "matrix factorisation" }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            FactorModel(itemCount: catalogue.count, configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.interaction
    package let chunk = 64

    private let person: Parameter
    private let personBias: Parameter
    private let items: Parameter

    /// The network for a catalogue.
    package init(itemCount: Int, configuration: Configuration = Configuration()) {
        self.itemCount = itemCount
        self.configuration = configuration
        let width = configuration.dimensions
        var layout = ParameterLayout()
        person = layout.addTable(
            "person", rows: 1, columns: width, start: .normal(0.1), scope: .personal)
        personBias = layout.addTable(
            "person.bias", rows: 1, columns: 1, start: .constant(0), scope: .personal)
        items = layout.addTable(
            "items", rows: itemCount, columns: width + 1, start: .normal(0.1))
        self.layout = layout
    }

    package func itemVectors(on tape: Tape) -> Tensor { tape.parameters[items] }

    package func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        guard configuration.objective != .ratings else {
            return addErrors(of: examples, in: histories, on: tape)
        }
        let negatives = configuration.negatives
        let pairs = Pairs(of: examples, negatives: negatives, in: histories, on: tape)
        let logits = logits(people: pairs.people, items: pairs.items, on: tape)
        switch configuration.objective {
        case .crossEntropy, .ratings:
            tape.addCrossEntropy(logits, labels: pairs.labels, scale: 1)
            return logits.rows
        case .pairs:
            let others = (0..<Int32(logits.rows)).filter { $0 % Int32(1 + negatives) > 0 }
            let own = others.map { $0 - $0 % Int32(1 + negatives) }
            tape.addBPR(
                tape.take(tape.keep(own), of: logits), tape.take(tape.keep(others), of: logits),
                scale: 1)
            return others.count
        case .sampledSoftmax:
            tape.addSampledSoftmax(logits.reshaped(columns: 1 + negatives), scale: 1)
            return examples.count
        }
    }

    private func addErrors(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        var (people, items, ratings): ([Int32], [Int32], [Float]) = ([], [], [])
        for example in examples {
            let history = histories(Int(example.person))
            let interaction = history[history.startIndex + Int(example.place)]
            guard let rating = interaction.rating else { continue }
            people.append(example.person)
            items.append(interaction.item)
            ratings.append(rating - configuration.meanRating)
        }
        guard !ratings.isEmpty else { return 0 }
        let errors = logits(people: tape.keep(people), items: tape.keep(items), on: tape)
        tape.addSquaredError(errors, targets: tape.constant(ratings, columns: 1), scale: 1)
        return ratings.count
    }

    /// The scores; where ratings were learned, ratings.
    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        let query = query(tape.keep([0]), on: tape)
        let scores = tape.products(query, withRowsOf: items)
        let level = configuration.objective == .ratings ? configuration.meanRating : 0
        let bias = tape.memory[tape.parameters[personBias], 0, 0]
        return tape.sum(scores, tape.constant(level + bias, rows: 1, columns: itemCount))
    }

    /// People's vectors, with a 1 that meets the items' biases.
    private func query(_ people: RowNumbers, on tape: Tape) -> Tensor {
        tape.concatenated(
            tape.embedding(people, of: person), tape.constant(1, rows: people.count, columns: 1))
    }

    private func logits(people: RowNumbers, items: RowNumbers, on tape: Tape) -> Tensor {
        let products = tape.rowProducts(
            query(people, on: tape), tape.embedding(items, of: self.items))
        return tape.sum(products, tape.embedding(people, of: personBias))
    }
}
