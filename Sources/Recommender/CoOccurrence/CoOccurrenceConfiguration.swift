/// The settings of private co-occurrence training.
public struct CoOccurrenceConfiguration: Sendable, Hashable {
    /// How the leading eigenvectors of the co-occurrence matrix are found.
    public enum Variant: String, Sendable, Hashable, CaseIterable {
        /// From the public item features, by small sums: popularity, feature Gram, passes.
        case subspace
        /// From the whole matrix: popularity, upper triangle.
        case full
    }

    /// How the leading eigenvectors of the co-occurrence matrix are found.
    public var variant: Variant
    /// How many of the most popular items have embeddings.
    public var keptItems: Int
    /// The number of embedding dimensions at most.
    public var dimensions: Int
    /// The number of directions of the public item features at most.
    public var featureRank: Int
    /// How far apart in a history two items still belong together: weight exp(-(gap - 1) / window).
    public var window: Double
    /// The number of passes over the co-occurrence matrix, in the subspace variant.
    public var passes: Int
    /// The clipping norm of the feature Gram; devices' values are scaled down to it.
    public var featureClippingNorm: Double
    /// The clipping norm of a pass.
    public var passClippingNorm: Double
    /// The share of the budget that the popularity sum takes.
    public var popularityShare: Double
    /// The share of the budget that the feature Gram takes, in the subspace variant.
    public var featureShare: Double
    /// The standard deviation that each entry of a sum is taken to have by chance, were there no
    /// privacy noise: whom the sample happens to hold.
    public var samplingDeviation = 0.3
    /// How strongly rows are smoothed with metadata, in noise deviations per popularity.
    public var smoothing: Double
    /// How strongly weak dimensions are damped, in noise norms.
    public var damping: Double
    /// How the device ranks.
    public var ranking: CoOccurrenceRanking

    /// The settings found on the validation part of MovieLens-1M (6,040 people); for fewer devices,
    /// the sizes and the smoothing shrink with the square root of their number, as the signal does
    /// against the noise.
    public init(variant: Variant, devices: Int) {
        let scale = min(1, (Double(devices) / 6000).squareRoot())
        func scaled(_ number: Double, least: Double) -> Int {
            Int(max(least, (number * scale).rounded()))
        }
        self.variant = variant
        passes = 1
        featureClippingNorm = 0.20
        passClippingNorm = 0.28
        featureRank = scaled(104, least: 16)
        switch variant {
        case .subspace:
            keptItems = scaled(2500, least: 200)
            dimensions = scaled(64, least: 16)
            window = 12
            popularityShare = 0.08
            featureShare = 0.15
            smoothing = 50 * scale
            damping = 1.5
            ranking = CoOccurrenceRanking(historyExponent: 0.4, itemExponent: 0.3)
        case .full:
            keptItems = scaled(3000, least: 200)
            dimensions = scaled(160, least: 16)
            window = 20
            popularityShare = 0.10
            featureShare = 0
            smoothing = 30 * scale
            damping = 2.5
            ranking = CoOccurrenceRanking(historyExponent: 0.5, itemExponent: 0.35)
        }
    }
}

/// How a device ranks with co-occurrence embeddings; free of privacy cost.
public struct CoOccurrenceRanking: Sendable, Hashable {
    /// How the weight of an event falls with its age.
    public var weights: RecencyWeights
    /// The power of popularity that history items are divided by.
    public var historyExponent: Double
    /// The power of popularity that candidates are divided by.
    public var itemExponent: Double
    /// The weight of log popularity beside the standardised affinity.
    public var popularityWeight: Double

    /// Collects settings.
    public init(
        weights: RecencyWeights = RecencyWeights(), historyExponent: Double, itemExponent: Double,
        popularityWeight: Double = 0.4
    ) {
        self.weights = weights
        self.historyExponent = historyExponent
        self.itemExponent = itemExponent
        self.popularityWeight = popularityWeight
    }
}
