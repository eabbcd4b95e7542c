internal import Foundation

/// Composes events under one neighbouring relation and says, with bounds from both sides, what they
/// cost.
///
///     var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
///     try accountant.compose(.poissonSampled(rate: 0.01, .gaussian(noiseMultiplier: 1)), count: 10_000)
///     let spent = try accountant.epsilon(delta: 1e-6)      // 6.907384495...
///
/// Each figure comes from the sharpest interpretation that certifies it: the normal distribution
/// function where all is Gaussian, a closed form for one release, else a ``ContourIntegral`` or a
/// ``LatticeConvolution``, and Rényi divergences for events of which nothing more is known.
///
/// Events may be chosen adaptively, but not their number and not the noise: an accountant adds up
/// what a plan spends. Whether one more event still fits a budget that may depend on all before is
/// the question of a ``PrivacyFilter``.
public struct PrivacyAccountant: Sendable {
    /// The relation under which every event must protect.
    public let neighbouring: NeighbouringRelation
    /// The relative width of bounds to aim for.
    public let relativeWidth: Double

    private var alternatives: [Releases] = [Releases()]
    /// The integral of the latest question, to which rounds are added.
    private var stream: ContourStream?

    /// An account without any release.
    public init(neighbouring: NeighbouringRelation, relativeWidth: Double = 1e-6) {
        self.neighbouring = neighbouring
        self.relativeWidth = relativeWidth
    }

    /// Adds an event `count` times.
    ///
    /// - Throws: ``DifferentialPrivacyError`` for parameters without meaning, events that no
    ///   theorem
    ///   covers, and figures that were derived under another relation; the account is then as it was
    ///   before.
    public mutating func compose(
        _ event: PrivacyEvent, count: Int = 1
    ) throws(DifferentialPrivacyError) {
        let added = try PrivacyEvent.repeated(event, count: count).alternatives()
        for releases in added {
            for (release, _) in releases { _ = try ReleaseLosses(release, under: neighbouring) }
        }
        try alternatives.combine(with: added)
        stream =
            added.count == 1 && alternatives.count == 1
            ? try stream?.adding(added[0], under: neighbouring) : nil
    }

    /// Bounds on the smallest epsilon that holds with `delta`, above 0 and below 1.
    public func epsilon(delta: Double) throws(DifferentialPrivacyError) -> EpsilonBounds {
        try require(delta > 0 && delta < 1, "delta", delta, "above 0 and below 1")
        var result: EpsilonBounds?
        for releases in alternatives {
            let losses = try ComposedLosses(releases, under: neighbouring)
            let bounds = try losses.epsilon(delta: delta, relativeWidth: relativeWidth)
            result = result.map { $0.larger(bounds) } ?? bounds
        }
        return result ?? EpsilonBounds(Bounds(lower: 0, upper: 0), .closedForm)
    }

    /// The same as ``epsilon(delta:)``, faster for an account that grows round by round: what was
    /// integrated so far is kept, as long as bounds remain as narrow as wanted.
    public mutating func spent(delta: Double) throws(DifferentialPrivacyError) -> EpsilonBounds {
        try require(delta > 0 && delta < 1, "delta", delta, "above 0 and below 1")
        guard alternatives.count == 1 else { return try epsilon(delta: delta) }
        if stream?.delta == delta, let bounds = stream?.epsilon(),
            bounds.relativeWidth <= relativeWidth
        {
            return bounds
        }
        stream = try ComposedLosses(alternatives[0], under: neighbouring).stream(delta: delta)
        if let bounds = stream?.epsilon(), bounds.relativeWidth <= relativeWidth { return bounds }
        stream = nil
        return try epsilon(delta: delta)
    }

    /// The quick check: an upper bound on epsilon from Rényi divergences alone.
    public func renyiEpsilon(delta: Double) throws(DifferentialPrivacyError) -> Double {
        var result = 0.0
        for releases in alternatives {
            result = max(result, try renyi(releases).epsilon(delta: delta))
        }
        return result
    }

    private func renyi(
        _ releases: Releases
    ) throws(DifferentialPrivacyError) -> RenyiAccountant {
        var accountant = RenyiAccountant(neighbouring: neighbouring)
        for (release, count) in releases { try accountant.add(release: release, times: count) }
        return accountant
    }

    /// Bounds on the smallest delta that holds with `epsilon`, at least 0 and finite.
    public func delta(
        epsilon: Double
    ) throws(DifferentialPrivacyError) -> (lower: Double, upper: Double) {
        try require(epsilon >= 0 && epsilon.isFinite, "epsilon", epsilon, "at least 0 and finite")
        var result = Bounds(lower: 0, upper: 0)
        for releases in alternatives {
            let losses = try ComposedLosses(releases, under: neighbouring)
            result = result.larger(
                try losses.delta(epsilon: epsilon, relativeWidth: relativeWidth))
        }
        return (result.lower, result.upper)
    }

    /// Whether what was composed keeps within `budget`, certainly.
    public func isWithin(_ budget: PrivacyBudget) -> Bool {
        guard let spent = try? epsilon(delta: budget.delta) else { return false }
        return spent.upper <= budget.epsilon
    }
}
