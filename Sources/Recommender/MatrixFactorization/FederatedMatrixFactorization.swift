internal import Learning
internal import VectorKernels

/// Matrix factorisation trained by federated averaging with an adaptive server optimiser: the
/// conventional federated recommender.
///
/// The score of an item is the inner product of its row of a shared matrix with a user vector that
/// never leaves the device (Ammad-ud-din et al., "Federated collaborative filtering for
/// privacy-preserving personalized recommendation system", 2019). In each round a device copies the
/// rows it touches, runs a few epochs of stochastic gradient descent on them and on its vector, and
/// contributes the change of the rows (McMahan et al., "Communication-efficient learning of deep
/// networks from decentralized data", AISTATS 2017, algorithm 1). The server takes the mean change
/// as a gradient for FedAdam (Reddi et al., "Adaptive federated optimization", ICLR 2021,
/// algorithm 2).
///
/// A device's rows include its sampled negatives, so that a contribution says little about which
/// are which; privacy comes from the clipped, noised sum alone, not from that.
public struct FederatedMatrixFactorization: FederatedAlgorithm {
    /// The settings.
    public let configuration: Configuration
    /// The number of items of the catalogue.
    public let itemCount: Int

    private let training: LocalTraining
    private let optimizer: ServerOptimizer
    private var items: [Float]
    private var moments: ServerOptimizer.State
    private var clippingNorm: Double

    /// A model with starting values from the configuration's seed.
    public init(itemCount: Int, configuration: Configuration = Configuration()) {
        precondition(
            configuration.dimensions > 0 && configuration.width <= Factorization.mostColumns)
        self.configuration = configuration
        self.itemCount = itemCount
        training = LocalTraining(rowCount: itemCount, configuration: configuration)
        optimizer = .adam(
            rate: configuration.serverLearningRate, beta1: configuration.beta1,
            beta2: configuration.beta2, epsilon: configuration.epsilon)
        var random = SplitMix64(seed: configuration.seed)
        let width = configuration.width
        items = [Float](repeating: 0, count: itemCount * width)
        for row in 0..<itemCount {
            for column in 0..<configuration.dimensions {
                items[row * width + column] =
                    random.nextApproximateNormal() * configuration.initialScale
            }
        }
        moments = optimizer.makeState(for: items)
        clippingNorm = configuration.clippingNorm
    }

    /// One sum a round: the changes of the item matrix, and, if the clipping norm adapts, one more
    /// row for its estimate.
    public var queries: [SumQuery] {
        let extra = configuration.adaptiveClipping == nil ? 0 : 1
        let query = SumQuery(
            name: "model change", dimension: (itemCount + extra) * configuration.width,
            clippingNorm: extra == 0
                ? clippingNorm : ClippingIndicator.norm(with: clippingNorm),
            budgetShare: 1,
            // Four bytes for each value of the item matrix, eight for the clipping norm.
            broadcastByteCount: 4 * items.count + 8)
        return [SumQuery](repeating: query, count: configuration.rounds)
    }

    /// The user vector's start: small and random, so that people differ from the first round on.
    public func makePrivateParameters(seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed, stream: 2)
        return (0..<configuration.dimensions).map { _ in
            random.nextApproximateNormal() * configuration.initialScale
        }
    }

    /// The item matrix and the clipping norm.
    public func broadcast(round: Int) -> Broadcast {
        Broadcast(items: items, clippingNorm: clippingNorm)
    }

    /// The change of the rows that the device touched.
    ///
    /// With a fixed clipping norm it is not clipped here; with an adaptive one it is, and one more
    /// row says whether it had to be.
    public func statistic(
        _ broadcast: Broadcast, of history: [Interaction], privateParameters: inout [Float],
        seed: UInt64
    ) -> Statistic {
        var random = SplitMix64(seed: seed)
        let positives = training.rows(of: history)
        var user = training.padded(privateParameters)
        training.fitUser(
            &user, to: positives, items: broadcast.items, epochs: configuration.userEpochs,
            random: &random)
        let (touched, changes, squaredNorm) = training.train(
            &user, on: positives, items: broadcast.items, random: &random)
        privateParameters = Array(user.prefix(configuration.dimensions))
        var statistic = Statistic(
            rows: touched, width: configuration.width, content: changes, squaredNorm: squaredNorm)
        if configuration.adaptiveClipping != nil {
            ClippingIndicator.clip(
                &statistic, squaredNorm: squaredNorm, to: broadcast.clippingNorm,
                indicatorRow: itemCount)
        }
        return statistic
    }

    /// One step of the optimiser along the mean change; the clipping norm follows its quantile.
    public mutating func update(round: Int, with sum: NoisySum) {
        precondition(sum.values.count == queries[0].dimension, "the sum has another dimension")
        let contributors = max(1, sum.contributors)
        optimizer.apply(
            sum.values, scale: 1 / Float(contributors), to: &items, state: &moments)
        if let adaptive = configuration.adaptiveClipping {
            clippingNorm = ClippingIndicator.adapted(
                clippingNorm, by: adaptive, indicatorSum: Double(sum.values[items.count]),
                contributors: contributors)
        }
    }

    /// The model as of the rounds taken in so far.
    public var model: MatrixFactorizationModel {
        MatrixFactorizationModel(itemCount: itemCount, items: items, configuration: configuration)
    }

    /// The model with the optimiser's moments and the clipping norm.
    public var checkpoint: Snapshot {
        var snapshot = model.snapshot
        snapshot.kind = Self.checkpointKind
        // Swift prints the shortest text that reads back as the same number.
        snapshot.attributes["clippingNorm"] = String(clippingNorm)
        snapshot.tensors["firstMoment"] = Snapshot.Tensor(shape: shape, values: moments.first)
        snapshot.tensors["secondMoment"] = Snapshot.Tensor(shape: shape, values: moments.second)
        return snapshot
    }

    /// Goes back to a checkpoint; from there on, every value is what it would have been.
    ///
    /// - Throws: ``SnapshotError`` if the checkpoint is of another kind or shape.
    public mutating func restore(from checkpoint: Snapshot) throws {
        try checkpoint.check(kind: Self.checkpointKind)
        let items = try checkpoint.values("items", shape: shape)
        let first = try checkpoint.values("firstMoment", shape: shape)
        let second = try checkpoint.values("secondMoment", shape: shape)
        guard let norm = checkpoint.attributes["clippingNorm"].flatMap(Double.init),
            norm.isFinite, norm > 0
        else { throw SnapshotError.damaged }
        self.items = items
        moments = ServerOptimizer.State(first: first, second: second)
        clippingNorm = norm
    }

    private static let checkpointKind = "matrix-factorization-checkpoint"
    var shape: [Int] { [itemCount, configuration.width] }
}
