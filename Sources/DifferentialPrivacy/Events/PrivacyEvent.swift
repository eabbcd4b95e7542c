internal import Foundation

/// What was released, as data: an accountant is an interpretation of it, and a ledger can keep it.
///
/// Noise is stated relative to the largest contribution of one user, so that what an event costs
/// depends on the ``NeighbouringRelation`` of the account: to replace a user moves a sum by up to
/// twice that much. Only figures that were derived under one relation carry it with them.
///
/// Where the devices add the noise themselves, state the noise of the *honest* ones: against
/// colluding devices, which know their own shares, a noise multiplier shrinks by the square root of
/// the honest share (``PrivacyEvent/honestNoiseMultiplier(_:colludingShare:)``).
public indirect enum PrivacyEvent: Codable, Sendable, Hashable {
    /// Gaussian noise of `noiseMultiplier` times the largest L2 norm of a contribution.
    case gaussian(noiseMultiplier: Double)
    /// Laplace noise with a scale of `noiseMultiplier` times the largest L1 norm of a contribution.
    case laplace(noiseMultiplier: Double)
    /// Discrete Gaussian noise with parameter `variance` on one whole number that a user moves by
    /// up to `sensitivity` (Canonne, Kamath and Steinke 2020, arXiv 2004.00010).
    case discreteGaussian(variance: Double, sensitivity: Int)
    /// Discrete Laplace noise, probabilities proportional to exp(-`rate` * |k|), on one whole
    /// number.
    case discreteLaplace(rate: Double, sensitivity: Int)
    /// Skellam noise on a vector of whole numbers that a user moves by up to `l1` and `l2` in these
    /// norms (Agarwal, Kairouz and Liu 2021, arXiv 2110.04995). Where both are the same there is
    /// one number, and the account is exact.
    case skellam(variance: Double, l1: Double, l2: Double)
    /// The true one of `buckets` values, or with probability `noise` one drawn evenly.
    case randomizedResponse(noise: Double, buckets: Int)
    /// A sum in which every device added its share of discrete noise, its corrections included;
    /// what it costs was derived for ``NeighbouringRelation/zeroOutOne``.
    case distributed(DistributedNoise)
    /// A mechanism that satisfies (`xi`, `rho`)-zCDP, at the orders stated: the Rényi divergence of
    /// order alpha is at most xi + rho * alpha (Bun and Steinke 2016, arXiv 1605.02065).
    case concentrated(
        rho: Double, xi: Double = 0, neighbouring: NeighbouringRelation,
        orders: RenyiOrders = .real)
    /// An event whose input is a secret sample of the users: each independently with probability
    /// `rate`.
    ///
    /// The amplification holds only against those who do not learn who was in the sample, and if
    /// the noise does not depend on it. Whoever chose the sample gets no less than the full
    /// release.
    case poissonSampled(rate: Double, PrivacyEvent)
    /// Gaussian noise on a Poisson sample of `population` users of which at most `largest` are
    /// kept, drawn evenly (Ganesh and others 2025, arXiv 2508.15089).
    case truncatedPoissonSampled(
        rate: Double, population: Int, largest: Int, noiseMultiplier: Double)
    /// Gaussian noise on a secret sample of `size` out of `population` users, with or without
    /// replacement. Means nothing under addition or removal, which changes the population.
    case fixedSizeSampled(
        size: Int, population: Int, withReplacement: Bool, noiseMultiplier: Double)
    /// Gaussian noise on a sum in which a user has `counts` contributions, with `probabilities`
    /// that add up to 1 (Choquette-Choo, Ganesh, Steinke and Thakurta 2023, arXiv 2310.15526,
    /// Corollary 4.7).
    case contributions(counts: [Int], probabilities: [Double], noiseMultiplier: Double)
    /// The reports of `users` people in random order, each randomised with a local guarantee of
    /// `localEpsilon` (Feldman, McMillan and Talwar 2021, arXiv 2012.12803, Theorem 3.1).
    case shuffled(users: Int, localEpsilon: Double)
    /// A whole training with Gaussian noise that is correlated over its rounds.
    case correlated(CorrelatedNoise)
    /// An event `count` times over, each time adapted to what came before.
    case repeated(PrivacyEvent, count: Int)
    /// Several events, each adapted to what came before.
    case composed([PrivacyEvent])
    /// Several events on disjoint groups of users: each user is in one of them, and which one does
    /// not depend on the data of others.
    case parallel([PrivacyEvent])

    /// Gaussian noise on a Poisson sample of single contributions, `count` of which are of one
    /// user.
    public static func binomialContributions(
        of count: Int, rate: Double, noiseMultiplier: Double
    ) -> PrivacyEvent {
        let numbers = Array(0...max(count, 0))
        return .contributions(
            counts: numbers,
            probabilities: numbers.map { k in
                rate <= 0 || rate >= 1
                    ? ((rate <= 0 ? 0 : count) == k ? 1 : 0)
                    : exp(logBinomial(k, trials: count, probability: rate))
            }, noiseMultiplier: noiseMultiplier)
    }

    /// What is left of a noise multiplier if a share of the devices knows its own noise: their
    /// share of the variance does not protect the others.
    public static func honestNoiseMultiplier(
        _ noiseMultiplier: Double, colludingShare: Double
    ) -> Double {
        noiseMultiplier * max(0, 1 - colludingShare).squareRoot()
    }
}

/// The orders alpha > 1 at which a bound rho * alpha on a Rényi divergence is known.
public enum RenyiOrders: String, Codable, Sendable, Hashable {
    /// All of them.
    case real
    /// The integers; between them holds what convexity allows.
    case integer
}
