package import Learning
package import VectorKernels

/// A variational autoencoder of people's items: Liang et al., "Variational autoencoders for
/// collaborative filtering" (Mult-VAE), WWW 2018.
///
/// A person's items, scaled to length 1 and with some left out, give the mean and variance of a
/// latent vector; a draw of it gives a distribution over all items, from which the person's items
/// are to be likely draws. Everything is shared.
package struct VariationalAutoencoder: RecommenderNetwork {
    /// The settings.
    package struct Configuration: NetworkConfiguration {
        /// The number of hidden units of the encoder and of the decoder.
        package var hidden: Int
        /// The length of the latent vector.
        package var latent: Int
        /// The probability that an item is left out of the input.
        package var dropout: Float
        /// The weight of the divergence from the standard normal distribution, where the paper's
        /// annealing ends.
        package var divergenceWeight: Float

        /// The paper's settings for MovieLens-20M unless told otherwise.
        package init(
            hidden: Int = 600, latent: Int = 200, dropout: Float = 0.5,
            divergenceWeight: Float = 0.2
        ) {
            self.hidden = hidden
            self.latent = latent
            self.dropout = dropout
            self.divergenceWeight = divergenceWeight
        }

        package static var settings: [NetworkSetting<Self>] {
            [
                .integer("hidden", \.hidden, 1...4096), .integer("latent", \.latent, 1...4096),
                .number("dropout", \.dropout, 0...0.95),
                .number("divergenceWeight", \.divergenceWeight, 0...100),
            ]
        }

        package var name: String { "mult-vae" }
        package var drawsNegatives: Bool { false }
        package var title: String { "Mult-VAE" }

        package func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork {
            VariationalAutoencoder(itemCount: catalogue.count, configuration: self)
        }
    }

    /// The settings.
    package let configuration: Configuration
    package let itemCount: Int
    package let layout: ParameterLayout
    package let unit = ExampleUnit.person
    /// Logits of all items are computed for each person: few people fill a cache.
    package let chunk = 16

    private let inputs: Parameter
    private let inputBias: Parameter
    private let means: Linear
    private let logVariances: Linear
    private let decoder: Linear
    private let outputs: Parameter
    private let bias: Parameter

    /// The network for a catalogue.
    package init(itemCount: Int, configuration: Configuration = Configuration()) {
        self.itemCount = itemCount
        self.configuration = configuration
        let (hidden, latent) = (configuration.hidden, configuration.latent)
        var layout = ParameterLayout()
        inputs = layout.addTable("inputs", rows: itemCount, columns: hidden, start: .glorot)
        inputBias = layout.add("inputs.bias", columns: hidden)
        means = Linear(named: "means", hidden, latent, in: &layout)
        logVariances = Linear(named: "variances", hidden, latent, in: &layout)
        decoder = Linear(named: "decoder", latent, hidden, in: &layout)
        outputs = layout.addTable("outputs", rows: itemCount, columns: hidden, start: .glorot)
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
        let hidden = encoded(sets, on: tape)
        let (means, logVariances) = (means(hidden, on: tape), logVariances(hidden, on: tape))
        let latent = tape.draw(means: means, logVariances: logVariances)
        tape.addSoftmaxCrossEntropy(
            decoded(latent, on: tape), targets: tape.keep(Array(sets.items.joined())),
            runs: tape.runs(ofLengths: sets.items.map(\.count)), scale: 1)
        tape.addDivergence(
            means: means, logVariances: logVariances, scale: configuration.divergenceWeight)
        return people.count
    }

    package func scores(of person: Int, in histories: Histories, on tape: Tape) -> Tensor {
        let hidden = encoded(ItemSets(of: [person], in: histories), on: tape)
        return decoded(means(hidden, on: tape), on: tape)
    }

    private func encoded(_ sets: ItemSets, on tape: Tape) -> Tensor {
        let sums = sets.normalizedSums(of: inputs, dropout: configuration.dropout, on: tape)
        return tape.activated(tape.shifted(sums, by: inputBias), .tanh)
    }

    /// Logits of all items.
    private func decoded(_ latent: Tensor, on tape: Tape) -> Tensor {
        let hidden = tape.activated(decoder(latent, on: tape), .tanh)
        return tape.shifted(tape.products(hidden, withRowsOf: outputs), by: bias)
    }
}
