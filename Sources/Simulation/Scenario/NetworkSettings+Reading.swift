import Recommender

extension NetworkSettings {
    /// The names of networks in scenarios.
    private enum Name: String, CaseIterable {
        case mf, gmf, mlp, neumf, autorec
        case multVAE = "mult-vae"
        case gru4rec, caser, sasrec
        case twoTower = "two-tower"
        case wideAndDeep = "wide-and-deep"
        case deepfm
        case contextDNN = "context-dnn"
    }

    /// What `algorithm.network` may say.
    package static var names: [String] { Name.allCases.map(\.rawValue) }

    /// Reads the keys of the network that `algorithm.network` names.
    init(_ reader: inout SettingsReader) throws {
        let name = try reader.choice("algorithm.network", default: Name.sasrec)
        switch name {
        case .mf: self = .factors(try Self.readFactors(&reader))
        case .gmf, .mlp, .neumf:
            self = .collaborativeFiltering(try Self.readFiltering(name, &reader))
        case .autorec: self = .autoencoder(try Self.readAutoencoder(&reader))
        case .multVAE: self = .variationalAutoencoder(try Self.readVariational(&reader))
        case .gru4rec: self = .gatedRecurrence(try Self.readRecurrence(&reader))
        case .caser: self = .convolutionalSequence(try Self.readConvolution(&reader))
        case .sasrec: self = .selfAttention(try Self.readAttention(&reader))
        case .twoTower: self = .twoTower(try Self.readTowers(&reader))
        case .wideAndDeep: self = .wideAndDeep(try Self.readWideAndDeep(&reader))
        case .deepfm: self = .deepFactorizationMachine(try Self.readMachine(&reader))
        case .contextDNN: self = .contextRanker(try Self.readContextRanker(&reader))
        }
    }

    private static func readFactors(
        _ reader: inout SettingsReader
    ) throws -> FactorModel.Configuration {
        var settings = FactorModel.Configuration()
        try reader.read("algorithm.dimensions", into: &settings.dimensions, in: 1...1024)
        settings.objective = try reader.choice("algorithm.loss", default: settings.objective)
        if settings.objective == .ratings {
            try reader.read("algorithm.meanRating", into: &settings.meanRating, in: -1e6...1e6)
        } else {
            try reader.read("algorithm.negatives", into: &settings.negatives, in: 1...1000)
        }
        return settings
    }

    private static func readFiltering(
        _ name: Name, _ reader: inout SettingsReader
    ) throws -> NeuralCollaborativeFiltering.Configuration {
        var settings = NeuralCollaborativeFiltering.Configuration()
        settings.architecture = name == .gmf ? .gmf : name == .mlp ? .mlp : .neuMF
        try reader.read("algorithm.factors", into: &settings.factors, in: 1...1024)
        if name != .gmf {
            try reader.read("algorithm.layers", into: &settings.layers, in: 1...5)
        }
        try reader.read("algorithm.negatives", into: &settings.negatives, in: 1...1000)
        return settings
    }

    private static func readAutoencoder(
        _ reader: inout SettingsReader
    ) throws -> ItemAutoencoder.Configuration {
        var settings = ItemAutoencoder.Configuration()
        try reader.read("algorithm.hidden", into: &settings.hidden, in: 1...4096)
        settings.objective = try reader.choice("algorithm.loss", default: settings.objective)
        try reader.read("algorithm.negatives", into: &settings.negatives, in: 1...100)
        try reader.read("algorithm.dropout", into: &settings.dropout, in: 0...0.95)
        return settings
    }

    private static func readVariational(
        _ reader: inout SettingsReader
    ) throws -> VariationalAutoencoder.Configuration {
        var settings = VariationalAutoencoder.Configuration()
        try reader.read("algorithm.hidden", into: &settings.hidden, in: 1...4096)
        try reader.read("algorithm.latent", into: &settings.latent, in: 1...4096)
        try reader.read("algorithm.dropout", into: &settings.dropout, in: 0...0.95)
        try reader.read(
            "algorithm.divergenceWeight", into: &settings.divergenceWeight, in: 0...100)
        return settings
    }

    private static func readRecurrence(
        _ reader: inout SettingsReader
    ) throws -> GatedRecurrence.Configuration {
        var settings = GatedRecurrence.Configuration()
        try reader.read("algorithm.dimensions", into: &settings.dimensions, in: 1...1024)
        try reader.read("algorithm.length", into: &settings.length, in: 2...4096)
        try reader.read("algorithm.negatives", into: &settings.negatives, in: 1...4096)
        try reader.read("algorithm.dropout", into: &settings.dropout, in: 0...0.95)
        return settings
    }

    private static func readConvolution(
        _ reader: inout SettingsReader
    ) throws -> ConvolutionalSequence.Configuration {
        var settings = ConvolutionalSequence.Configuration()
        try reader.read("algorithm.dimensions", into: &settings.dimensions, in: 1...1024)
        try reader.read("algorithm.length", into: &settings.length, in: 1...64)
        try reader.read("algorithm.targets", into: &settings.targets, in: 1...16)
        try reader.read(
            "algorithm.horizontalFilters", into: &settings.horizontalFilters, in: 1...256)
        try reader.read(
            "algorithm.verticalFilters", into: &settings.verticalFilters, in: 1...256)
        try reader.read("algorithm.negatives", into: &settings.negatives, in: 1...100)
        try reader.read("algorithm.dropout", into: &settings.dropout, in: 0...0.95)
        return settings
    }

    private static func readAttention(
        _ reader: inout SettingsReader
    ) throws -> SelfAttention.Configuration {
        var settings = SelfAttention.Configuration()
        try reader.read("algorithm.dimensions", into: &settings.dimensions, in: 1...1024)
        try reader.read("algorithm.length", into: &settings.length, in: 2...4096)
        try reader.read("algorithm.blocks", into: &settings.blocks, in: 1...32)
        try reader.read("algorithm.heads", into: &settings.heads, in: 1...64)
        try reader.read("algorithm.dropout", into: &settings.dropout, in: 0...0.95)
        guard settings.dimensions % settings.heads == 0 else {
            throw ScenarioError.contradiction(
                "algorithm.dimensions is \(settings.dimensions), which is not a multiple of "
                    + "algorithm.heads, \(settings.heads)")
        }
        return settings
    }

    private static func readTowers(
        _ reader: inout SettingsReader
    ) throws -> TwoTower.Configuration {
        var settings = TwoTower.Configuration()
        try reader.read("algorithm.dimensions", into: &settings.dimensions, in: 1...1024)
        try reader.read("algorithm.hidden", into: &settings.hidden, in: 1...4096)
        try reader.read("algorithm.length", into: &settings.length, in: 1...512)
        settings.pooling = try reader.choice("algorithm.pooling", default: settings.pooling)
        try reader.read("algorithm.negatives", into: &settings.negatives, in: 1...4096)
        try reader.read("algorithm.itemDropout", into: &settings.itemDropout, in: 0...0.95)
        return settings
    }

    private static func readWideAndDeep(
        _ reader: inout SettingsReader
    ) throws -> WideAndDeep.Configuration {
        var settings = WideAndDeep.Configuration()
        try reader.read("algorithm.dimensions", into: &settings.dimensions, in: 1...1024)
        try reader.read("algorithm.hidden", into: &settings.hidden, each: 1...4096)
        try reader.read("algorithm.weights", into: &settings.weights, in: 16...16_777_216)
        try reader.read("algorithm.length", into: &settings.length, in: 1...512)
        try reader.read("algorithm.negatives", into: &settings.negatives, in: 1...1000)
        return settings
    }

    private static func readMachine(
        _ reader: inout SettingsReader
    ) throws -> DeepFactorizationMachine.Configuration {
        var settings = DeepFactorizationMachine.Configuration()
        try reader.read("algorithm.dimensions", into: &settings.dimensions, in: 1...1024)
        try reader.read("algorithm.hidden", into: &settings.hidden, each: 1...4096)
        try reader.read("algorithm.dropout", into: &settings.dropout, in: 0...0.95)
        try reader.read("algorithm.length", into: &settings.length, in: 1...512)
        try reader.read("algorithm.negatives", into: &settings.negatives, in: 1...1000)
        return settings
    }

    private static func readContextRanker(
        _ reader: inout SettingsReader
    ) throws -> ContextRanker.Configuration {
        var settings = ContextRanker.Configuration()
        try reader.read("algorithm.dimensions", into: &settings.dimensions, in: 1...1024)
        try reader.read("algorithm.hidden", into: &settings.hidden, each: 1...4096)
        try reader.read("algorithm.length", into: &settings.length, in: 1...512)
        try reader.read("algorithm.negatives", into: &settings.negatives, in: 1...1000)
        return settings
    }
}
