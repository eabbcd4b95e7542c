public import Foundation

extension DistributedDiscreteGaussian {
    /// The largest L2 norm of a rounded vector in ring units: a contributor rounds again until its
    /// vector is no longer than that.
    public var roundedNormBound: Double { l2Sensitivity / granularity }

    /// The L2 sensitivity D2 of the sum of rounded vectors, in real units (Theorem 1, Equation 2).
    public var l2Sensitivity: Double {
        let root = Double(dimension).squareRoot()
        let always = clippingNorm + granularity * root
        guard roundingBias > 0 else { return always }
        let accepted =
            clippingNorm * clippingNorm + granularity * granularity * Double(dimension) / 4
            + (-2 * log(roundingBias)).squareRoot() * granularity
            * (clippingNorm + granularity * root / 2)
        return min(always, accepted.squareRoot())
    }

    /// The L1 sensitivity D1 of the sum of rounded vectors, in real units: the entries are whole ring
    /// units, none of which is larger than its square.
    public var l1Sensitivity: Double {
        let l2 = l2Sensitivity
        return min(Double(dimension).squareRoot() * l2, l2 * l2 / granularity)
    }

    /// How far one coordinate's sum of n discrete Gaussians is from a discrete Gaussian, at most:
    /// 10 times the sum over k = 1 ... n - 1 of exp(-2 pi^2 s^2 k / (k + 1)) (Theorem 1).
    public var tau: Double {
        func term(_ k: Int) -> Double {
            exp(-2 * .pi * .pi * localVariance * Double(k) / Double(k + 1))
        }
        // The terms decrease, so the rest is at most its count times its first.
        let summed = min(contributors - 1, 100_000)
        var total = 0.0
        for k in stride(from: summed, to: 0, by: -1) { total += term(k) }
        return 10 * (total + Double(contributors - 1 - summed) * term(summed + 1))
    }

    /// A bound on the Rényi divergence of one release at `order`, above 1 (Proposition 14, Equation 17).
    public func renyiDivergence(order: Double) -> Double {
        guard order > 1 else { return .infinity }
        let losses = Losses(of: self)
        let half = order / 2
        let additive = half * losses.gaussianSquared + losses.tau * Double(dimension)
        return min(additive, half * losses.mixedSquared, half * losses.linearSquared)
            * (1 + RenyiConversion.relativeSlack)
    }

    /// The zCDP parameter of one release: half the smallest of the squares in Equation 17.
    public var rho: Double {
        let losses = Losses(of: self)
        let additive = losses.gaussianSquared + 2 * losses.tau * Double(dimension)
        return min(additive, losses.mixedSquared, losses.linearSquared) / 2
            * (1 + RenyiConversion.relativeSlack)
    }

    /// One release, for a ``RenyiAccountant``.
    public var event: PrivacyEvent { .concentrated(rho: rho, neighbouring: .zeroOutOne) }

    /// The quantities from which all three bounds of Equation 17 are made.
    private struct Losses {
        let tau: Double
        /// D2^2 / (n sigma^2), the loss if the sum were a discrete Gaussian.
        let gaussianSquared: Double
        let mixedSquared: Double
        let linearSquared: Double

        init(of mechanism: DistributedDiscreteGaussian) {
            tau = mechanism.tau
            let dimension = Double(mechanism.dimension)
            let deviation =
                (Double(mechanism.contributors) * mechanism.localVariance).squareRoot()
                * mechanism.granularity
            let loss = mechanism.l2Sensitivity / deviation
            gaussianSquared = loss * loss
            mixedSquared =
                loss * loss + 2 * mechanism.l1Sensitivity * tau / deviation + tau * tau * dimension
            let linear = loss + tau * dimension.squareRoot()
            linearSquared = linear * linear
        }
    }

    /// The smallest local variance, in ring units squared, with which one release costs at most `rho`;
    /// a multiple of 2^-16, which ``DiscreteGaussian`` keeps as it is.
    ///
    /// - Parameters:
    ///   - rho: The zCDP budget of one release, above 0.
    ///   - clippingNorm: In real units, above 0.
    ///   - granularity: In real units, above 0.
    ///   - dimension: With padding, at least 1.
    ///   - contributors: The smallest number of noise shares, at least 1.
    ///   - roundingBias: From 0 to below 1; exp(-1/2) unless stated.
    /// - Throws: ``DifferentialPrivacyError`` where a parameter is out of range, or where `rho` takes
    ///   more noise than ``DiscreteGaussian/largestVariance``.
    public static func smallestLocalVariance(
        rho: Double, clippingNorm: Double, granularity: Double, dimension: Int, contributors: Int,
        roundingBias: Double = exp(-0.5)
    ) throws(DifferentialPrivacyError) -> Double {
        func cost(_ scaled: UInt64) throws(DifferentialPrivacyError) -> Double {
            try DistributedDiscreteGaussian(
                clippingNorm: clippingNorm, granularity: granularity, dimension: dimension,
                localVariance: Double(scaled) / 0x1p16, contributors: contributors,
                roundingBias: roundingBias
            ).rho
        }
        var high = UInt64(DiscreteGaussian.largestVariance) << 16
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
