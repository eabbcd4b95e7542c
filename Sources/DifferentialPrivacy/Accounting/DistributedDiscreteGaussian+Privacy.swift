internal import Foundation

extension DistributedDiscreteGaussian {
    /// How far two sums of rounded vectors can be apart.
    public var sensitivity: RoundedSensitivity {
        RoundedSensitivity(
            clippingNorm: clippingNorm, granularity: granularity, dimension: dimension,
            roundingBias: roundingBias)
    }

    /// How far one coordinate's sum of n discrete Gaussians is from a discrete Gaussian, at most:
    /// 10 times the sum over k = 1 ... n - 1 of exp(-2 pi^2 s^2 k / (k + 1)) (Theorem 1). Where
    /// shares differ, the share that is added to k others has at least the variance s^2, and they
    /// have at least k s^2, so that the same terms bound what each addition costs.
    public var tau: Double {
        func term(_ k: Int) -> Double {
            exp(-2 * .pi * .pi * localVariance * Double(k) / Double(k + 1))
        }
        // The terms decrease, so the rest is at most its count times the last one.
        var total = 0.0
        for k in stride(from: 1, to: contributors, by: 1) {
            let last = term(k)
            total += last
            let rest = Double(contributors - 1 - k) * last
            if rest <= total * 0x1p-60 || k == 100_000 { return 10 * (total + rest) }
        }
        return 10 * total
    }

    /// A bound on the Rényi divergence of one release at `order`, above 1 (Proposition 14, Equation
    /// 17).
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
            let sensitivity = mechanism.sensitivity
            let deviation = mechanism.totalVariance.squareRoot()
            let loss = sensitivity.l2 / deviation
            gaussianSquared = loss * loss
            mixedSquared =
                loss * loss + 2 * sensitivity.l1 * tau / deviation + tau * tau * dimension
            let linear = loss + tau * dimension.squareRoot()
            linearSquared = linear * linear
        }
    }
}
