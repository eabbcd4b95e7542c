internal import Foundation

/// The noise of many contributors in one sum: shares of one family whose variances are whole
/// multiples of a unit.
public struct DistributedNoise: Codable, Sendable, Hashable {
    /// The family of every share.
    public let distribution: NoiseDistribution
    /// How far two sums of rounded vectors can be apart.
    public let sensitivity: RoundedSensitivity
    /// The variance of one unit, in ring units squared.
    public let unitVariance: Double
    /// The honest shares in the sum.
    public let shares: Shares

    /// Which honest noise is in a sum, in units of variance.
    public struct Shares: Codable, Sendable, Hashable {
        /// The number of shares, at least 1.
        public var count: Int
        /// The units of the smallest share, at least 1.
        public var leastUnits: Int
        /// The units of all shares together.
        public var totalUnits: Int

        /// Describes shares.
        public init(count: Int, leastUnits: Int, totalUnits: Int) {
            self.count = count
            self.leastUnits = leastUnits
            self.totalUnits = totalUnits
        }
    }

    /// Describes the noise in a sum.
    public init(
        distribution: NoiseDistribution, sensitivity: RoundedSensitivity, unitVariance: Double,
        shares: Shares
    ) {
        self.distribution = distribution
        self.sensitivity = sensitivity
        self.unitVariance = unitVariance
        self.shares = shares
    }

    /// Checks what was decoded.
    func validate() throws(DifferentialPrivacyError) {
        let positive = [
            ("the clipping norm", sensitivity.clippingNorm),
            ("the granularity", sensitivity.granularity), ("the unit variance", unitVariance),
        ]
        for (name, value) in positive {
            try require(value > 0 && value.isFinite, name, value, "above 0 and finite")
        }
        let counts = [
            ("the dimension", sensitivity.dimension), ("the number of shares", shares.count),
            ("the units of the smallest share", shares.leastUnits),
        ]
        for (name, value) in counts {
            try require(value >= 1, name, Double(value), "at least 1")
        }
        try require(
            Double(shares.totalUnits) >= Double(shares.leastUnits) * Double(shares.count),
            "the units of all shares", Double(shares.totalUnits), "at least those of the shares")
        try require(
            sensitivity.roundingBias >= 0 && sensitivity.roundingBias < 1, "the rounding bias",
            sensitivity.roundingBias, "at least 0 and below 1")
    }

    /// One release.
    public var event: PrivacyEvent { .distributed(self) }

    /// The zCDP parameter of one release; with ``NoiseDistribution/skellam`` it holds at integer
    /// orders.
    public var rho: Double {
        get throws(DifferentialPrivacyError) {
            switch distribution {
            case .discreteGaussian: try discreteGaussian.rho
            case .skellam: try skellam.rho
            }
        }
    }

    private var totalVariance: Double { Double(shares.totalUnits) * unitVariance }

    private var discreteGaussian: DistributedDiscreteGaussian {
        get throws(DifferentialPrivacyError) {
            try DistributedDiscreteGaussian(
                clippingNorm: sensitivity.clippingNorm, granularity: sensitivity.granularity,
                dimension: sensitivity.dimension,
                localVariance: Double(shares.leastUnits) * unitVariance,
                contributors: shares.count, totalVariance: totalVariance,
                roundingBias: sensitivity.roundingBias)
        }
    }

    private var skellam: DistributedSkellam {
        get throws(DifferentialPrivacyError) {
            try DistributedSkellam(sensitivity: sensitivity, totalVariance: totalVariance)
        }
    }

    /// The smallest variance of a unit with which one release costs at most `rho`; a multiple of
    /// 2^-16, which samplers keep as it is.
    ///
    /// - Throws: ``DifferentialPrivacyError`` where a parameter is out of range, or where `rho`
    ///   takes a unit above `largest`.
    public static func smallestUnitVariance(
        rho: Double, distribution: NoiseDistribution, sensitivity: RoundedSensitivity,
        shares: Shares, largest: Double = DiscreteGaussian.largestVariance
    ) throws(DifferentialPrivacyError) -> Double {
        func cost(_ scaled: UInt64) throws(DifferentialPrivacyError) -> Double {
            try DistributedNoise(
                distribution: distribution, sensitivity: sensitivity,
                unitVariance: Double(scaled) / 0x1p16, shares: shares
            ).rho
        }
        var high = UInt64(largest * 0x1p16)
        let least = try cost(high)
        try require(
            rho >= least, "rho of one release", rho,
            "at least \(least), what the largest supported noise costs; a coarser grid costs less")
        var low: UInt64 = 0
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if try cost(middle) <= rho { high = middle } else { low = middle }
        }
        return Double(high) / 0x1p16
    }
}
