internal import Learning
internal import VectorKernels

/// Ranks by the inner product of a person's vector, fitted on the device, with item vectors.
///
/// **The user vector.** What training left on the device was fitted to an older model and perhaps
/// to a shorter history. Before each ranking it is therefore fitted again: `rankingEpochs` passes
/// over the history against the current item vectors, from the private parameters if they have the
/// model's length, else from zero. Draws depend on the configuration's seed only, so that the same
/// history ranks the same.
public struct MatrixFactorizationModel: DeviceModel {
    /// The name of this kind of snapshot.
    public static let kind = "matrix-factorization"

    /// The number of items of the catalogue.
    public let itemCount: Int
    /// The item vectors, row-major, `configuration.width` columns; the bias, if any, comes last.
    public let items: [Float]
    /// The settings that the model was trained with.
    public let configuration: FederatedMatrixFactorization.Configuration

    /// A score for every item of the catalogue.
    public func scores(history: [Interaction], privateParameters: [Float]) -> [Float] {
        let training = LocalTraining(rowCount: itemCount, configuration: configuration)
        let positives = training.rows(of: history)
        var user = training.padded(privateParameters)
        var random = SplitMix64(seed: configuration.seed, stream: 1)
        training.fitUser(
            &user, to: positives, items: items, epochs: configuration.rankingEpochs,
            random: &random)
        return Factorization.scores(items, user: Array(user.prefix(configuration.width)))
    }

    /// The item vectors as tensor "items".
    public var snapshot: Snapshot {
        let attributes = [
            "itemCount": String(itemCount), "dimensions": String(configuration.dimensions),
            "itemBias": String(configuration.itemBias), "loss": configuration.loss.rawValue,
        ]
        let width = configuration.width
        return Snapshot(
            kind: Self.kind, attributes: attributes,
            tensors: [
                "items": Snapshot.Tensor(shape: [items.count / width, width], values: items)
            ])
    }

    /// Item vectors with their biases as priors. Weights were chosen on MovieLens-1M.
    public var content: RankingContent {
        let (width, dimensions) = (configuration.width, configuration.dimensions)
        var rows: [Float] = []
        rows.reserveCapacity(itemCount * dimensions)
        for item in 0..<itemCount {
            rows += items[item * width..<item * width + dimensions]
        }
        let gram = Matrix(rows: itemCount, columns: dimensions, values: rows).gram
        let squaredNorms = (0..<dimensions).reduce(0.0) { $0 + Double(gram[$1, $1]) }
        return RankingContent(
            dimensions: dimensions, rows: rows,
            priors: (0..<itemCount).map {
                configuration.itemBias ? items[$0 * width + dimensions] : 0
            },
            rule: .ridge(
                RidgeRule(
                    regularization: max(squaredNorms / Double(max(1, itemCount)) / 4, 1e-6),
                    unobservedWeight: 0.03, decay: 20, scale: 16, gram: gram.values)))
    }
}
