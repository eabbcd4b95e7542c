internal import Foundation

/// Decides before each event whether it may still run, so that the budget holds even if events,
/// their noise and their number depend on everything that was released before: fully adaptive
/// composition, which an accountant of a fixed plan does not cover.
///
/// Each kind of filter adds up one number for each event and stops before the sum passes a limit.
public struct PrivacyFilter: Sendable, Hashable {
    /// What is added up, and by which theorem.
    public enum Kind: Sendable, Hashable {
        /// The squares of the distances of Gaussian releases (Smith and Thakurta 2022, "Fully
        /// adaptive composition for Gaussian differential privacy", arXiv 2210.17520, Theorem 3):
        /// as much as the same releases planned ahead.
        case gaussian
        /// The parameters of zero-concentrated differential privacy, whose bound at every Rényi
        /// order is that of the sum (Feldman and Zrnic 2021, "Individual privacy accounting via a
        /// Rényi filter", arXiv 2008.11193, Theorem 4.3), at the orders stated.
        case concentrated(RenyiOrders)
        /// Rényi divergences of one order, above 1 (Feldman and Zrnic 2021, Theorem 4.3): for
        /// sampled releases and others that are not concentrated.
        case renyi(order: Double)
    }

    /// What must not be exceeded.
    public let budget: PrivacyBudget
    /// What is added up.
    public let kind: Kind
    /// The relation under which every event protects.
    public let neighbouring: NeighbouringRelation
    /// The largest sum that is allowed.
    public let limit: Double
    /// The sum so far.
    public private(set) var spent = 0.0

    /// A filter of which nothing is spent.
    ///
    /// - Throws: ``DifferentialPrivacyError/budgetUnreachable(_:largestNoiseMultiplier:)`` where
    ///   the budget admits no event, however small.
    public init(
        budget: PrivacyBudget, kind: Kind, neighbouring: NeighbouringRelation
    ) throws(DifferentialPrivacyError) {
        self.budget = budget
        self.kind = kind
        self.neighbouring = neighbouring
        switch kind {
        case .gaussian:
            let noise = try budget.smallestNoise(neighbouring: .addOrRemoveOne) {
                .gaussian(noiseMultiplier: $0)
            }.value
            limit = 1 / (noise * noise)
        case .concentrated(let orders):
            limit = try budget.largestRho(orders: orders)
        case .renyi(let order):
            try require(order > 1 && order.isFinite, "the Rényi order", order, "above 1")
            // What the conversion leaves at this order; see ``RenyiConversion``.
            let correction = log1p(-1 / order) - (log(budget.delta) + log(order)) / (order - 1)
            limit = (budget.epsilon - max(correction, 0)) * (1 - 1e-12)
            guard limit > 0 else {
                throw .budgetUnreachable(budget, largestNoiseMultiplier: .infinity)
            }
        }
    }

    /// What an event adds to the sum.
    ///
    /// - Throws: ``DifferentialPrivacyError`` for events that this kind of filter does not cover,
    ///   and those that protect under another relation.
    public func cost(of event: PrivacyEvent) throws(DifferentialPrivacyError) -> Double {
        var most = 0.0
        for releases in try event.alternatives() {
            var sum = 0.0
            for (release, count) in releases {
                let losses = try ReleaseLosses(release, under: neighbouring)
                sum = sum.addingUp(count.multipliedUp(by: try cost(of: losses)))
            }
            most = max(most, sum)
        }
        return most
    }

    private func cost(of losses: ReleaseLosses) throws(DifferentialPrivacyError) -> Double {
        switch (kind, losses) {
        case (.gaussian, .gaussian(let square)): return square
        case (.concentrated, .gaussian(let square)): return square / 2
        case (.concentrated(let orders), .renyi(let curve, _))
        where curve.xi == 0 && curve.amplification == nil
            && (curve.orders == .real || orders == .integer):
            return curve.rho
        case (.renyi(let order), .gaussian(let square)): return order * square / 2
        case (.renyi(let order), .pair(let pair, _)):
            // What tables of integer noise leave out is below 1e-60.
            guard pair.infinite < 1e-60 else { return .infinity }
            let forward = pair.moments(tilt: order - 1).logMoment
            let backward =
                pair.isSymmetric ? forward : pair.reversed.moments(tilt: order - 1).logMoment
            return max(forward, backward, 0) / (order - 1)
        case (.renyi(let order), .renyi(let curve, _)):
            return curve.divergence(order: order)
        default:
            throw .unsupported(
                "such an event under this kind of filter",
                remedy: "use a filter of Rényi divergences, which covers all events")
        }
    }

    /// Whether an event of a cost still fits.
    public func admits(cost: Double) -> Bool { spent.addingUp(cost) <= limit }

    /// Spends what an event costs if it still fits; otherwise nothing is spent, and the event must
    /// not run.
    public mutating func admit(_ event: PrivacyEvent) throws(DifferentialPrivacyError) -> Bool {
        let cost = try cost(of: event)
        guard admits(cost: cost) else { return false }
        spent = spent.addingUp(cost)
        return true
    }

    /// The epsilon that a sum of costs has come to, at the budget's delta.
    public func epsilon(spent: Double) throws(DifferentialPrivacyError) -> Double {
        if spent == 0 { return 0 }
        switch kind {
        case .gaussian:
            var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
            try accountant.compose(.gaussian(noiseMultiplier: 1 / spent.squareRoot()))
            return try accountant.epsilon(delta: budget.delta).upper
        case .concentrated(let orders):
            var accountant = RenyiAccountant(neighbouring: neighbouring)
            try accountant.compose(
                .concentrated(rho: spent, neighbouring: neighbouring, orders: orders))
            return try accountant.epsilon(delta: budget.delta)
        case .renyi(let order):
            return RenyiConversion.epsilon(divergence: spent, order: order, delta: budget.delta)
        }
    }
}
