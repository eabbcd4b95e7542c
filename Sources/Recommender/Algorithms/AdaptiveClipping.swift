/// Lets the clipping norm follow a quantile of the devices' norms: Andrew et al.,
/// "Differentially private learning with adaptive clipping", NeurIPS 2021.
public struct AdaptiveClipping: Sendable, Hashable, Codable {
    /// The share of devices that should not be clipped, over 0 and under 1.
    public var quantile: Double
    /// The learning rate of the norm's logarithm.
    public var learningRate: Double

    /// The paper's settings unless told otherwise.
    public init(quantile: Double = 0.5, learningRate: Double = 0.2) {
        self.quantile = quantile
        self.learningRate = learningRate
    }
}
