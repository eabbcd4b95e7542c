public import Foundation

/// How far one contribution can move a sum of vectors that were clipped, rotated and rounded to a
/// grid, in units of the grid (Kairouz, Liu and Steinke 2021, arXiv 2102.06387, Theorem 1).
public struct RoundedSensitivity: Codable, Sendable, Hashable {
    /// The largest L2 norm c of a contribution before rounding, in real units.
    public let clippingNorm: Double
    /// The width gamma of the grid: the real value of one ring unit.
    public let granularity: Double
    /// The number d of coordinates.
    public let dimension: Int
    /// The probability beta bounding the rejection of a rounding; 0 never rejects, and costs more
    /// noise.
    public let roundingBias: Double

    /// Describes an encoding: norm and granularity in real units and above 0, at least one
    /// coordinate, `roundingBias` from 0 to below 1.
    public init(
        clippingNorm: Double, granularity: Double, dimension: Int,
        roundingBias: Double = exp(-0.5)
    ) {
        self.clippingNorm = clippingNorm
        self.granularity = granularity
        self.dimension = dimension
        self.roundingBias = roundingBias
    }

    /// The L2 sensitivity (Equation 2), which is also the largest norm of a rounded vector: a
    /// contributor rounds again until its vector is no longer than that.
    public var l2: Double {
        let norm = clippingNorm / granularity
        let root = Double(dimension).squareRoot()
        let always = norm + root
        guard roundingBias > 0 else { return always }
        let accepted =
            norm * norm + Double(dimension) / 4
            + (-2 * log(roundingBias)).squareRoot() * (norm + root / 2)
        return min(always, accepted.squareRoot())
    }

    /// The L1 sensitivity: the entries are whole units, none of which is larger than its square.
    public var l1: Double {
        let l2 = l2
        return min(Double(dimension).squareRoot() * l2, l2 * l2)
    }
}
