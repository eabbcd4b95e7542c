internal import Learning
internal import VectorKernels

/// Private co-occurrence: item embeddings are the leading eigenvectors of the windowed item-item
/// co-occurrence matrix, summed over all devices. Each device contributes a matrix of norm 1.
///
/// The *subspace* variant asks for three or more small sums: popularity; the r x r matrix Q^T T_u Q in a
/// basis Q of the public item features, whose leading eigenvectors E give V = Q E; and T_u V, once or
/// more, whose left singular vectors are the embeddings. T_u V has a third of T_u's norm, so that the
/// same noise weighs three times less. The *full* variant asks for popularity and the upper triangle of
/// T_u over the kept items.
public struct CoOccurrence: FederatedAlgorithm {
    /// What the server sends: a matrix that fixes the linear map of the round, if it takes one.
    public struct Broadcast: Sendable {
        let step: Step
        let kept: KeptItems
        let basis: Matrix
    }

    /// What a round asks for.
    enum Step: Sendable, Hashable { case popularity, features, pass(Int), triangle }

    /// The items with embeddings.
    struct KeptItems: Sendable {
        /// Their numbers in the catalogue, most popular first.
        var items: [Int32] = []
        /// The place of each item of the catalogue among them, or -1.
        var places: [Int32]
    }

    /// The settings.
    public let configuration: CoOccurrenceConfiguration
    private let catalogue: Catalogue
    private let features: ItemFeatures
    let steps: [Step]
    /// The sums taken in so far.
    private var sums: [NoisySum] = []
    private var popularity: [Float]
    private var kept: KeptItems
    /// Q, over the kept items.
    private var featureBasis = Matrix(rows: 0, columns: 0)
    /// V, over the kept items.
    private var basis = Matrix(rows: 0, columns: 0)
    private var spectral: SpectralModel

    /// Prepares a training over the items of `catalogue`.
    ///
    /// - Throws: ``CoOccurrenceError/noFeatures`` where the subspace variant has nothing to start from.
    public init(
        configuration: CoOccurrenceConfiguration, catalogue: Catalogue
    ) throws(CoOccurrenceError) {
        var configuration = configuration
        let features = ItemFeatures(of: catalogue)
        guard configuration.variant == .full || features.count > 0 else { throw .noFeatures }
        configuration.keptItems = min(configuration.keptItems, catalogue.count)
        configuration.featureRank = min(
            configuration.featureRank, features.count, configuration.keptItems)
        configuration.dimensions = min(
            configuration.dimensions,
            configuration.variant == .subspace
                ? configuration.featureRank : configuration.keptItems)
        self.configuration = configuration
        self.catalogue = catalogue
        self.features = features
        steps =
            switch configuration.variant {
            case .subspace: [.popularity, .features] + (0..<configuration.passes).map(Step.pass)
            case .full: [.popularity, .triangle]
            }
        popularity = [Float](repeating: 1, count: catalogue.count)
        kept = KeptItems(places: Self.noPlaces(catalogue))
        spectral = SpectralModel(
            vectors: Matrix(rows: 0, columns: 0), strengths: [], edge: 0, damping: 0)
    }

    private static func noPlaces(_ catalogue: Catalogue) -> [Int32] {
        [Int32](repeating: -1, count: catalogue.count)
    }

    /// The places of the catalogue's items before any are kept.
    var noPlaces: [Int32] { Self.noPlaces(catalogue) }

    /// One query for each step.
    public var queries: [SumQuery] { steps.map(query) }

    private func query(_ step: Step) -> SumQuery {
        let size = configuration.keptItems
        let width = configuration.dimensions
        let rest = 1 - configuration.popularityShare - configuration.featureShare
        switch step {
        case .popularity:
            return SumQuery(
                name: "popularity", dimension: catalogue.count, clippingNorm: 1,
                budgetShare: configuration.popularityShare, broadcastByteCount: 0)
        case .features:
            return SumQuery(
                name: "features", dimension: UpperTriangle.count(order: configuration.featureRank),
                clippingNorm: configuration.featureClippingNorm,
                budgetShare: configuration.featureShare,
                broadcastByteCount: 4 * size * (1 + configuration.featureRank))
        case .pass(let index):
            // Each pass refines the one before, so later ones deserve more: 1, 2, 3 parts and so on.
            let parts = configuration.passes * (configuration.passes + 1) / 2
            return SumQuery(
                name: configuration.passes == 1 ? "pass" : "pass \(index + 1)",
                dimension: size * width, clippingNorm: configuration.passClippingNorm,
                budgetShare: rest * Double(index + 1) / Double(parts),
                broadcastByteCount: 4 * size * (1 + width))
        case .triangle:
            return SumQuery(
                name: "co-occurrence", dimension: UpperTriangle.count(order: size),
                clippingNorm: 1, budgetShare: rest, broadcastByteCount: 4 * size)
        }
    }

    /// Nothing: the device needs no parameters of its own.
    public func makePrivateParameters(seed: UInt64) -> [Float] { [] }

    /// What the devices need for the step of the round.
    public func broadcast(round: Int) -> Broadcast {
        Broadcast(
            step: steps[round], kept: kept,
            basis: steps[round] == .features ? featureBasis : basis)
    }

    /// The device's part of what the step sums.
    public func statistic(
        _ broadcast: Broadcast, of history: [Interaction], privateParameters: inout [Float],
        seed: UInt64
    ) -> Statistic {
        if broadcast.step == .popularity { return ItemPopularity.vote(of: history) }
        let places = history.map { broadcast.kept.places[Int($0.item)] }.filter { $0 >= 0 }
        let local = LocalCoOccurrence(history: places, window: configuration.window)
        switch broadcast.step {
        case .popularity, .triangle: return local.upperTriangle(size: configuration.keptItems)
        case .features:
            return Statistic(
                dense: UpperTriangle.vector(of: local.projected(on: broadcast.basis)))
        case .pass:
            return Statistic(
                rows: local.items, width: configuration.dimensions,
                values: local.times(broadcast.basis).values)
        }
    }

    /// Makes of the sum what the step is for.
    public mutating func update(round: Int, with sum: NoisySum) {
        sums.append(sum)
        switch steps[round] {
        case .popularity: takePopularity(sum)
        case .features: takeFeatures(sum)
        case .pass: takePass(sum)
        case .triangle: takeTriangle(sum)
        }
    }

    private var keptPopularity: [Float] { kept.items.map { popularity[Int($0)] } }

    private mutating func takePopularity(_ sum: NoisySum) {
        let floor = max(1, Float(sum.noiseStandardDeviation))
        popularity = sum.values.map { max($0, floor) }
        kept.items = sum.values.indices
            .sorted { (sum.values[$0], $1) > (sum.values[$1], $0) }
            .prefix(configuration.keptItems).map { Int32($0) }
        for (place, item) in kept.items.enumerated() { kept.places[Int(item)] = Int32(place) }
        let spanned = features.basis(
            of: kept.items, weights: keptPopularity, rank: configuration.featureRank)
        featureBasis = spanned.padded(columns: configuration.featureRank)
    }

    private mutating func takeFeatures(_ sum: NoisySum) {
        let order = configuration.featureRank
        let gram = UpperTriangle.matrix(of: sum.values, order: order)
        let eigen = SymmetricEigenvalues(of: gram.values.map { Double($0) }, order: order)
        var leading = Matrix(rows: order, columns: configuration.dimensions)
        for column in 0..<leading.columns {
            for row in 0..<order {
                leading[row, column] = Float(eigen.vectors[column * order + row])
            }
        }
        basis = featureBasis.times(leading)
        // The noise off the diagonal has its variance halved, and a spectral edge of 2 tau sqrt(r).
        let edge = Float(2 * sum.noiseStandardDeviation * (Double(order) / 2).squareRoot())
        spectral = SpectralModel(
            vectors: basis, strengths: eigen.values.prefix(leading.columns).map { Float($0) },
            edge: edge, damping: edge)
    }

    private mutating func takePass(_ sum: NoisySum) {
        let noise = max(sum.noiseStandardDeviation, configuration.samplingDeviation)
        let (rows, columns) = (configuration.keptItems, configuration.dimensions)
        let smoothing = MetadataSmoothing(
            features: featureBasis, popularity: keptPopularity, noise: noise,
            strength: configuration.smoothing)
        // What the noise alone amounts to after smoothing, from a fixed draw.
        let pureNoise = smoothing.apply(to: Self.noise(rows: rows, columns: columns))
        let edge = Float(noise) * (ThinSVD(of: pureNoise).values.first ?? 0)
        let smoothed = smoothing.apply(to: Matrix(rows: rows, columns: columns, values: sum.values))
        let decomposition = ThinSVD(of: smoothed)
        spectral = SpectralModel(
            vectors: decomposition.left, strengths: decomposition.values, edge: edge,
            damping: Float(
                configuration.damping * noise
                    * (Double(rows).squareRoot() + Double(columns).squareRoot())))
        basis = decomposition.left.padded(columns: columns)
    }

    private mutating func takeTriangle(_ sum: NoisySum) {
        let size = configuration.keptItems
        let noise =
            max(sum.noiseStandardDeviation, configuration.samplingDeviation) / 2.0.squareRoot()
        let smoothing = MetadataSmoothing(
            features: featureBasis, popularity: keptPopularity, noise: noise,
            strength: configuration.smoothing)
        var draw = Self.noise(rows: size, columns: size)
        for i in 0..<size {
            draw[i, i] *= Float(2).squareRoot()
            for j in 0..<i { draw[i, j] = draw[j, i] }
        }
        let pureNoise = smoothing.applyBothSides(to: draw)
        let edge = Float(noise) * (leadingEigenpairs(of: pureNoise, count: 1).values.first ?? 0)
        let smoothed = smoothing.applyBothSides(
            to: UpperTriangle.matrix(of: sum.values, order: size))
        let pairs = leadingEigenpairs(of: smoothed, count: configuration.dimensions)
        spectral = SpectralModel(
            vectors: pairs.vectors, strengths: pairs.values, edge: edge,
            damping: Float(configuration.damping * 2 * noise * Double(size).squareRoot()))
    }

    /// A fixed matrix of independent, nearly normal entries of variance 1.
    private static func noise(rows: Int, columns: Int) -> Matrix {
        var generator = SplitMix64(seed: 99)
        return Matrix(
            rows: rows, columns: columns,
            values: (0..<rows * columns).map { _ in generator.nextApproximateNormal() })
    }

    /// The model as of the sums taken in so far.
    public var model: CoOccurrenceModel {
        CoOccurrenceModel(
            popularity: popularity, kept: spectral.embeddings.rows > 0 ? kept.items : [],
            spectral: spectral, ranking: configuration.ranking)
    }

    /// The sums taken in so far; the rest follows from them.
    public var checkpoint: Snapshot {
        var checkpoint = Snapshot(kind: "co-occurrence checkpoint")
        for (round, sum) in sums.enumerated() {
            checkpoint.tensors["sum \(round)"] = .init(
                shape: [sum.values.count], values: sum.values)
            checkpoint.attributes["noise \(round)"] = "\(sum.noiseStandardDeviation)"
            checkpoint.attributes["contributors \(round)"] = "\(sum.contributors)"
        }
        return checkpoint
    }

    /// Takes in the sums of a checkpoint again.
    public mutating func restore(from checkpoint: Snapshot) throws {
        for round in steps.indices {
            guard let noise = checkpoint.attributes["noise \(round)"].flatMap({ Double($0) }),
                let contributors = checkpoint.attributes["contributors \(round)"].flatMap({
                    Int($0)
                })
            else { return }
            let values = try checkpoint.values(
                "sum \(round)", shape: [query(steps[round]).dimension])
            update(
                round: round,
                with: NoisySum(
                    values: values, noiseStandardDeviation: noise, contributors: contributors))
        }
    }
}

/// Why a co-occurrence training cannot be prepared.
public enum CoOccurrenceError: Error, Equatable, CustomStringConvertible {
    /// The catalogue has neither categories nor years.
    case noFeatures

    /// The cause and the remedy, in one line.
    public var description: String {
        "the subspace variant starts from public item features, and no item has categories or a "
            + "year; give an items file, or set algorithm.variant to full"
    }
}

extension Matrix {
    /// The matrix with columns of zeros appended, up to `count`.
    fileprivate func padded(columns count: Int) -> Matrix {
        var result = Matrix(rows: rows, columns: count)
        for row in 0..<rows {
            result.values.replaceSubrange(
                row * count..<row * count + columns, with: self.row(row))
        }
        return result
    }
}
