public import Sodium

/// The families of integer noise of a private sum.
public enum NoiseDistribution: String, Codable, Sendable, Hashable, CaseIterable {
    /// The discrete Gaussian: the least loss for its variance. A sum of several is only nearly one
    /// of them, which takes a variance of about 8 or more in each.
    case discreteGaussian
    /// The difference of two Poisson variables: a sum of several is one of them, at any variance.
    /// Costs a little more where the variance of the whole sum is small.
    case skellam

    /// The largest variance, in ring units squared, of which samples are drawn from tables.
    public static let largestTabulatedVariance = 0x1p24

    /// The noise of this family with a variance in ring units squared.
    ///
    /// - Throws: ``DifferentialPrivacyError/outOfRange(parameter:value:allowed:)``.
    public func noise(variance: Double) throws(DifferentialPrivacyError) -> any IntegerNoise {
        switch self {
        case .discreteGaussian: try DiscreteGaussian(variance: variance)
        case .skellam: try Skellam(variance: variance)
        }
    }

    /// A release of this family that costs `rho` of zero-concentrated differential privacy.
    public func event(rho: Double, neighbouring: NeighbouringRelation) -> PrivacyEvent {
        .concentrated(rho: rho, neighbouring: neighbouring, orders: renyiOrders)
    }

    /// The orders at which such a release's rho is known.
    public var renyiOrders: RenyiOrders {
        switch self {
        case .discreteGaussian: .real
        case .skellam: .integer
        }
    }
}

/// A distribution over the integers, symmetric around 0, from which noise is drawn exactly.
public protocol IntegerNoise: Sendable {
    /// The parameter of the family, in ring units squared: the variance, a multiple of 2^-16.
    var variance: Double { get }
    /// Replaces `samples` by independent ones, in ring units, modulo 2^32.
    func fill(_ samples: inout [Int32], using randomness: inout some RandomSource)
    /// The probability of `value`, to about 14 digits; for checks, not for sampling.
    func pmf(_ value: Int) -> Double
}
