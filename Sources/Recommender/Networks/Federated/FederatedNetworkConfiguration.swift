internal import Learning
package import VectorKernels

/// The settings of a network's federated training.
package struct FederatedNetworkConfiguration: Sendable, Hashable {
    /// How many rounds the run is planned for.
    package var rounds: Int
    /// How often a device goes through its history in a round.
    package var localEpochs: Int
    /// How often a device first goes through its history to fit its private parameters alone.
    package var personalEpochs: Int
    /// How often a device goes through a history to fit its private parameters before ranking.
    package var rankingEpochs: Int
    /// The examples of a batch.
    package var batchSize: Int
    /// The learning rate of shared parameters on the device.
    package var deviceLearningRate: Float
    /// The learning rate of private parameters.
    package var personalLearningRate: Float
    /// The longest gradient of a batch on the device; 0 for any.
    package var gradientNorm: Double
    /// The weight of half the squared distance from the broadcast: mu in Li et al., "Federated
    /// optimization in heterogeneous networks" (FedProx), MLSys 2020; 0 for FedAvg.
    package var proximalWeight: Float
    /// The server's optimiser.
    package var server: ServerOptimizer
    /// The norm that a device's change is clipped to; the first one if it adapts.
    package var clippingNorm: Double
    /// How the clipping norm adapts; nil if it stays.
    package var adaptiveClipping: AdaptiveClipping?
    /// Whether each layer's change is clipped by itself, all to the same share of the norm: McMahan et
    /// al., "Learning differentially private recurrent language models", ICLR 2018, section 3.2.
    package var clipsLayers: Bool
    /// How the change is made smaller before it is summed.
    package var compression: UpdateCompression
    /// How quality is measured by private sums; nil if it is not.
    package var evaluation: PrivateEvaluation?
    /// How taste is told from popularity; nil if it is not.
    package var popularity: PopularityCorrection?
    /// Shared parameters that stay at their start: layers, or else what names begin with.
    package var frozen: [String]
    /// The seed of starting values and of ranking.
    package var seed: UInt64

    /// Settings that train without privacy on MovieLens-1M unless told otherwise.
    package init(
        rounds: Int = 100, localEpochs: Int = 1, personalEpochs: Int = 1, rankingEpochs: Int = 10,
        batchSize: Int = 16, deviceLearningRate: Float = 0.1, personalLearningRate: Float = 0.1,
        gradientNorm: Double = 0, proximalWeight: Float = 0,
        server: ServerOptimizer = .adam(rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-4),
        clippingNorm: Double = 1, adaptiveClipping: AdaptiveClipping? = nil,
        clipsLayers: Bool = false, compression: UpdateCompression = .none,
        evaluation: PrivateEvaluation? = nil, popularity: PopularityCorrection? = nil,
        frozen: [String] = [], seed: UInt64 = 0
    ) {
        self.rounds = rounds
        self.localEpochs = localEpochs
        self.personalEpochs = personalEpochs
        self.rankingEpochs = rankingEpochs
        self.batchSize = batchSize
        self.deviceLearningRate = deviceLearningRate
        self.personalLearningRate = personalLearningRate
        self.gradientNorm = gradientNorm
        self.proximalWeight = proximalWeight
        self.server = server
        self.clippingNorm = clippingNorm
        self.adaptiveClipping = adaptiveClipping
        self.clipsLayers = clipsLayers
        self.compression = compression
        self.evaluation = evaluation
        self.popularity = popularity
        self.frozen = frozen
        self.seed = seed
    }

    /// The share of the budget that goes to training.
    var trainingShare: Double {
        1 - (evaluation?.budgetShare ?? 0) - (popularity?.budgetShare ?? 0)
    }

    /// The settings that are one number each, as scenarios list them; without those that the training
    /// of a network does not look at.
    package static func settings(
        of configuration: any NetworkConfiguration
    ) -> [NetworkSetting<Self>] {
        // What kinds of parameters there are does not depend on the catalogue.
        let network = configuration.makeNetwork(for: Catalogue(items: [.init(id: "any")]))
        var unused: Set<String> = []
        if network.layout.count(.personal) == 0 {
            unused = ["personalEpochs", "rankingEpochs", "personalLearningRate"]
        }
        // A device holds one person.
        if network.unit == .person { unused.insert("batchSize") }
        return settings.filter { !unused.contains($0.name) }
    }

    private static var settings: [NetworkSetting<Self>] {
        [
            .integer("rounds", \.rounds, 1...100_000),
            .integer("localEpochs", \.localEpochs, 1...1000),
            .integer("personalEpochs", \.personalEpochs, 0...1000),
            .number("deviceLearningRate", \.deviceLearningRate, 0...1000),
            .number("proximalWeight", \.proximalWeight, 0...1e6),
            .number("clippingNorm", \.clippingNorm, 1e-6...1e6),
        ] + rankingSettings
    }

    /// Those of the settings that a device needs to rank, for the fit of private parameters.
    static var rankingSettings: [NetworkSetting<Self>] {
        [
            .integer("rankingEpochs", \.rankingEpochs, 0...1000),
            .integer("batchSize", \.batchSize, 1...1_000_000),
            .number("personalLearningRate", \.personalLearningRate, 0...1000),
            .number("gradientNorm", \.gradientNorm, 0...1e6),
        ]
    }

    /// The shared parameters that ``frozen`` names.
    func frozenParameters(of network: some RecommenderNetwork) throws -> Set<Parameter> {
        let shared = network.layout.parameters(.shared)
        var found: Set<Parameter> = []
        for name in frozen {
            // "hidden1" is the layer of that name with its bias, and not "hidden10".
            let exact = shared.filter { (network.layout[$0].name + ".").hasPrefix(name + ".") }
            let named =
                exact.isEmpty ? shared.filter { network.layout[$0].name.hasPrefix(name) } : exact
            guard !named.isEmpty else {
                throw FederatedNetworkError.noSuchParameter(
                    name, known: shared.map { network.layout[$0].name })
            }
            found.formUnion(named)
        }
        guard found.count < shared.count else { throw FederatedNetworkError.allFrozen }
        return found
    }
}

/// Why a network cannot be trained as asked.
package enum FederatedNetworkError: Error, Equatable, CustomStringConvertible {
    /// A name to be frozen is that of no parameter.
    case noSuchParameter(String, known: [String])
    /// Nothing would be trained.
    case allFrozen
    /// Settings contradict each other, in these words.
    case contradiction(String)

    /// The cause and the remedy, in one line.
    package var description: String {
        switch self {
        case .noSuchParameter(let name, let known):
            "algorithm.frozen: no shared parameter's name begins with '\(name)'; there are "
                + known.joined(separator: ", ")
        case .contradiction(let words): words
        case .allFrozen: "algorithm.frozen: all shared parameters are frozen; leave some to train"
        }
    }
}
