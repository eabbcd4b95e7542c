package import Learning
package import VectorKernels

/// Neural collaborative filtering: He et al., "Neural collaborative filtering", WWW 2017.
///
/// Three models of a person's vector and an item's: their weighted product (generalised matrix
/// factorisation, GMF), a tower of dense layers over both (MLP), and the two side by side (NeuMF).
/// The person's vectors are private.
package struct NeuralCollaborativeFiltering: RecommenderNetwork {
    /// Which of the three models.
    package enum Architecture: String, Sendable, Hashable, CaseIterable {
        /// Generalised matrix factorisation: equation 9.
        case gmf
        /// The tower: equation 10.
        case mlp
        /// Both: equation 12.
        case neuMF = "neumf"
    }

    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// Which of the models.
        package var architecture: Architecture
        /// The length of the last hidden layer and of the vectors of GMF.
        package var factors: Int
        /// The number of hidden layers of the tower, each half as wide as the one before.
        package var layers: Int
        /// Items drawn against each interaction.
        package var negatives: Int

        /// The paper's settings unless told otherwise.
        package init(
            architecture: Architecture = .neuMF, factors: Int = 64, layers: Int = 3,
            negatives: Int = 4
        ) {
            self.architecture = architecture
            self.factors = factors
            self.layers = layers
            self.negatives = negatives
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("factors", \.factors, 1...1024),
                .integer("layers", \.layers, 1...5, where: { $0.architecture != .gmf }),
                .integer("negatives", \.negatives, 1...1000),
            ]
        }

        package var name: String { architecture.rawValue }

        package var title: String {
            switch architecture {
            case .gmf: "GMF"
            case .mlp: "MLP"
            case .neuMF: "NeuMF"
            }
        }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            NeuralCollaborativeFiltering(itemCount: catalogue.count, configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.interaction
    package let chunk = 32

    /// A person's and an item's vector of one part.
    private struct Vectors: Sendable {
        let person: Parameter
        let items: Parameter
    }

    private let product: Vectors?
    private let tower: Vectors?
    private let hidden: [Linear]
    private let head: Linear

    /// The network for a catalogue.
    package init(itemCount: Int, configuration: Configuration = Configuration()) {
        self.itemCount = itemCount
        self.configuration = configuration
        var layout = ParameterLayout()
        func vectors(_ name: String, width: Int) -> Vectors {
            Vectors(
                person: layout.addTable(
                    name + ".person", rows: 1, columns: width, start: .normal(0.01),
                    scope: .personal),
                items: layout.addTable(
                    name + ".items", rows: itemCount, columns: width, start: .normal(0.01)))
        }
        let factors = configuration.factors
        product = configuration.architecture == .mlp ? nil : vectors("product", width: factors)
        if configuration.architecture == .gmf {
            tower = nil
            hidden = []
        } else {
            // The first layer takes both vectors: 2^layers factors; the last gives the factors.
            let widths = (0...configuration.layers).map { factors << (configuration.layers - $0) }
            tower = vectors("tower", width: widths[0] / 2)
            hidden = zip(widths, widths.dropFirst()).enumerated().map { number, sizes in
                Linear(named: "hidden\(number)", sizes.0, sizes.1, in: &layout)
            }
        }
        head = Linear(
            named: "head", configuration.architecture == .neuMF ? 2 * factors : factors, 1,
            in: &layout)
        self.layout = layout
    }

    package func itemVectors(on tape: Tape) -> Tensor {
        guard let vectors = product ?? tower else {
            preconditionFailure("every architecture has a part")
        }
        return tape.parameters[vectors.items]
    }

    package func addLoss(
        of examples: ArraySlice<Example>, in histories: Histories, on tape: Tape
    ) -> Int {
        let pairs = Pairs(
            of: examples, negatives: configuration.negatives, in: histories, on: tape)
        let logits = logits(people: pairs.people, items: pairs.items, on: tape)
        tape.addCrossEntropy(logits, labels: pairs.labels, scale: 1)
        return logits.rows
    }

    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        tape.scores(itemCount: itemCount) { items in
            logits(
                people: tape.keep(repeating: 0, count: items.count),
                items: tape.keep(items), on: tape)
        }
    }

    private func logits(people: RowNumbers, items: RowNumbers, on tape: Tape) -> Tensor {
        let multiplied = product.map {
            tape.product(
                tape.embedding(people, of: $0.person), tape.embedding(items, of: $0.items))
        }
        let risen = tower.map {
            hidden.reduce(
                tape.concatenated(
                    tape.embedding(people, of: $0.person), tape.embedding(items, of: $0.items))
            ) { tape.relu($1($0, on: tape)) }
        }
        switch (multiplied, risen) {
        case (let multiplied?, let risen?):
            return head(tape.concatenated(multiplied, risen), on: tape)
        case (let one?, nil), (nil, let one?): return head(one, on: tape)
        case (nil, nil): preconditionFailure("every architecture has a part")
        }
    }
}
