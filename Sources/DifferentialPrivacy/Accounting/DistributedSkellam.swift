internal import Foundation

/// The distributed Skellam mechanism: every contributor rounds its clipped, rotated vector to a
/// grid and adds Skellam noise of its own (Agarwal, Kairouz and Liu 2021, arXiv 2110.04995). A sum
/// of Skellam variables is one, whatever their variances, so that only the variance of the whole
/// counts.
public struct DistributedSkellam: Sendable, Hashable {
    /// How far two sums of rounded vectors can be apart.
    public let sensitivity: RoundedSensitivity
    /// The variance of all honest noise shares together, in ring units squared.
    public let totalVariance: Double

    /// A mechanism whose noise has a variance above 0.
    public init(
        sensitivity: RoundedSensitivity, totalVariance: Double
    ) throws(DifferentialPrivacyError) {
        try require(
            totalVariance > 0 && totalVariance.isFinite, "the total variance", totalVariance,
            "above 0 and finite")
        self.sensitivity = sensitivity
        self.totalVariance = totalVariance
    }

    private var shift: SkellamShift {
        SkellamShift(l1: sensitivity.l1, l2: sensitivity.l2, variance: totalVariance)
    }

    /// A bound on the Rényi divergence of one release at an integer `order` above 1 (Theorem 3.5).
    public func renyiDivergence(order: Int) -> Double { shift.renyiDivergence(order: order) }

    /// The smallest rho for which ``renyiDivergence(order:)`` is at most rho times the order, at
    /// every order.
    public var rho: Double { shift.rho }
}

/// What Skellam noise of a variance costs if a user moves the outcome by up to `l1` and `l2` in
/// these norms.
struct SkellamShift {
    let l1: Double
    let l2: Double
    let variance: Double

    /// Theorem 3.5, at an integer order.
    func renyiDivergence(order: Int) -> Double {
        guard order > 1 else { return .infinity }
        let gaussian = Double(order) * l2 * l2 / (2 * variance)
        let narrow = (Double(2 * order - 1) * l2 * l2 + 6 * l1) / (4 * variance * variance)
        return (gaussian + min(narrow, 3 * l1 / (2 * variance)))
            * (1 + RenyiConversion.relativeSlack)
    }

    /// Divided by the order, both of the theorem's bounds are a constant and a multiple of 1 /
    /// order: they are largest at order 2 where that multiple is above 0, and grow towards the
    /// constant elsewhere.
    var rho: Double {
        let limit =
            (l2 * l2 / (2 * variance)) * (1 + 1 / variance) * (1 + RenyiConversion.relativeSlack)
        return 6 * l1 > l2 * l2 ? renyiDivergence(order: 2) / 2 : limit
    }
}
