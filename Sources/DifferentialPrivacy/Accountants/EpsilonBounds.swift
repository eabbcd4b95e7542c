/// Epsilon from below and from above: the guarantee is ``upper``, and no mechanism of the kind has
/// a better one than ``lower``.
///
/// Between the two lie numerical errors, all of them: what discretisation, truncation and aliasing
/// may have done is bounded, and rounding errors with margins above what arithmetic of 53 bits
/// makes of the operations. Where no exact analysis of an event is known, the gap holds what theory
/// leaves open as well.
public struct EpsilonBounds: Sendable, Hashable, Codable {
    /// No mechanism of the kind does better in the worst case.
    public let lower: Double
    /// What is guaranteed; infinite where nothing is.
    public let upper: Double
    /// What computed the bounds.
    public let accountant: Accountant
    /// Why there is no finite guarantee.
    public let reason: String?
    /// How many times larger the summands of the contour integral are than their sum; about 1
    /// unless rare large losses decide.
    public let condition: Double?

    /// The interpretations of an event.
    public enum Accountant: String, Codable, Sendable, Hashable, CaseIterable {
        /// The normal distribution function alone.
        case gaussian
        /// One release in closed form.
        case closedForm = "closed form"
        /// The contour integral of the moment generating function.
        case contour
        /// Convolution of the privacy loss distribution on a lattice.
        case lattice
        /// Rényi divergences, the quick check: an upper bound.
        case renyi
    }

    init(
        _ bounds: Bounds, _ accountant: Accountant, reason: String? = nil, condition: Double? = nil
    ) {
        lower = bounds.lower
        upper = bounds.upper
        self.accountant = accountant
        self.reason = reason
        self.condition = condition
    }

    /// The distance of the bounds, relative to the upper one.
    public var relativeWidth: Double {
        upper == 0 ? 0 : upper.isFinite ? (upper - lower) / upper : .infinity
    }

    /// The bounds on the larger of two epsilons, and how the larger was found.
    func larger(_ other: EpsilonBounds) -> EpsilonBounds {
        let bigger = other.upper > upper ? other : self
        return EpsilonBounds(
            Bounds(lower: max(lower, other.lower), upper: bigger.upper), bigger.accountant,
            reason: bigger.reason, condition: bigger.condition)
    }
}
