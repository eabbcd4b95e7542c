internal import Foundation

/// The Rényi divergence of a mechanism on a Poisson sample of the users.
///
/// Zhu and Wang 2019 ("Poisson Subsampled Rényi Differential Privacy"), Theorem 5, which holds for
/// every mechanism. Their Theorem 6 drops the factor 3 for mechanisms whose odd moments of the
/// likelihood ratio are known to be positive; a sum of discrete Gaussians is not known to be one.
struct PoissonAmplification: Sendable, Hashable {
    /// The probability with which a user is in the sample, 0 to 1.
    let rate: Double
    /// The zCDP parameter of the mechanism without sampling.
    let rho: Double

    /// The integer orders at which the bound is evaluated.
    static let orders: [Int] =
        Array(2...64) + stride(from: 68, through: 128, by: 4)
        + stride(from: 144, through: 256, by: 16) + stride(from: 320, through: 1024, by: 64)

    /// ln k! for k up to the largest order.
    private static let logFactorials: [Double] = (0...1024).map(logFactorial)

    /// (alpha - 1) times the bound at each of ``orders``, a convex function of alpha.
    func scaledDivergences() -> [Double] {
        Self.orders.map { scaledDivergence(order: $0) }
    }

    /// (`order` - 1) times the bound on the divergence, never above that without sampling.
    func scaledDivergence(order: Int) -> Double {
        let unamplified = Double(order - 1) * rho * Double(order)
        if rate == 0 || unamplified == 0 { return 0 }
        if rate == 1 { return unamplified }
        // The binomial probabilities of 0 ... order successes add up to 1. That of each count from
        // 2 on is multiplied by a factor, so the logarithm of the sum is log1p of terms above 0.
        var terms: [Double] = []
        for count in 2...order {
            let logProbability =
                Self.logFactorials[order] - Self.logFactorials[count]
                - Self.logFactorials[order - count] + Double(count) * log(rate)
                + Double(order - count) * log1p(-rate)
            let exponent = Double(count - 1) * rho * Double(count)
            let logExcess =
                count == 2
                ? exponent + log(-expm1(-exponent)) : exponent + log(3 - exp(-exponent))
            terms.append(logProbability + logExcess)
        }
        guard let largest = terms.max() else { return unamplified }
        let logSum = largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
        let bound = logSum > 0 ? logSum + log1p(exp(-logSum)) : log1p(exp(logSum))
        // Logarithms of factorials up to 1024! are off by less than 1e-12.
        return bound.isNaN ? unamplified : min(unamplified, bound * (1 + 1e-10))
    }
}
