/// What was released, as data: an account is an interpretation of it, and a ledger can keep it.
///
/// Losses are stated in zero-concentrated differential privacy (Bun and Steinke 2016, arXiv
/// 1605.02065): rho-zCDP bounds the Rényi divergence of every order alpha > 1 by rho * alpha.
public indirect enum PrivacyEvent: Codable, Sendable, Hashable {
    /// One release of a mechanism that satisfies rho-zCDP, at the orders stated.
    case concentrated(
        rho: Double, neighbouring: NeighbouringRelation, orders: RenyiOrders = .real)
    /// The same mechanism, fed with a secret sample of the users: each of them independently with
    /// probability `rate`.
    ///
    /// The amplification holds only against those who do not learn who was in the sample, and if
    /// the noise does not depend on it. Whoever chose the sample gets no less than the full
    /// release.
    case poissonSampled(
        rate: Double, rho: Double, neighbouring: NeighbouringRelation, orders: RenyiOrders = .real)
    /// An event `count` times over, each time adapted to what came before.
    case repeated(PrivacyEvent, count: Int)
    /// Several events, each adapted to what came before.
    case composed([PrivacyEvent])
}

/// The orders alpha > 1 at which a bound rho * alpha on a Rényi divergence is known.
public enum RenyiOrders: String, Codable, Sendable, Hashable {
    /// All of them.
    case real
    /// The integers; between them holds what convexity allows.
    case integer
}
