internal import Foundation

/// The losses of all releases of an account: what dominates them, what attains the bound, and what
/// is known through Rényi divergences only.
struct ComposedLosses {
    private var dominating = LossComposition()
    private var attained = LossComposition()
    private var isExact = true
    /// All releases, if some of them are known through Rényi divergences only.
    private var renyi: RenyiAccountant?

    init(
        _ releases: Releases, under relation: NeighbouringRelation
    ) throws(DifferentialPrivacyError) {
        var bounded = false
        for (release, count) in releases {
            switch try ReleaseLosses(release, under: relation) {
            case .gaussian(let square):
                dominating.gaussian += count * square
                attained.gaussian += count * square
            case .pair(let pair, let other):
                dominating.terms.append((pair, count))
                attained.terms.append((other ?? pair, count))
                if other != nil { isExact = false }
            case .renyi(_, let square):
                bounded = true
                attained.gaussian += count * square
            }
        }
        if bounded {
            isExact = false
            var accountant = RenyiAccountant(neighbouring: relation)
            for (release, count) in releases {
                try accountant.add(release: release, times: count)
            }
            renyi = accountant
        }
    }

    func epsilon(
        delta: Double, relativeWidth: Double
    ) throws(DifferentialPrivacyError) -> EpsilonBounds {
        if let renyi {
            let upper = try renyi.epsilon(delta: delta)
            let lower = attained.epsilon(delta: delta, relativeWidth: relativeWidth).lower
            return EpsilonBounds(
                Bounds(lower: min(lower, upper), upper: upper), .renyi,
                reason: upper.isFinite ? nil : "no Rényi divergence of the releases is finite")
        }
        let bounds = dominating.epsilon(delta: delta, relativeWidth: relativeWidth)
        if isExact { return bounds }
        let lower = attained.epsilon(delta: delta, relativeWidth: relativeWidth).lower
        return EpsilonBounds(
            Bounds(lower: min(lower, bounds.upper), upper: bounds.upper), bounds.accountant,
            reason: bounds.reason, condition: bounds.condition)
    }

    func delta(epsilon: Double, relativeWidth: Double) throws(DifferentialPrivacyError) -> Bounds {
        let lower = attained.delta(epsilon: epsilon, relativeWidth: relativeWidth)
        if let renyi { return Bounds(lower: lower.lower, upper: try renyi.delta(epsilon: epsilon)) }
        if isExact { return lower }
        let upper = dominating.delta(epsilon: epsilon, relativeWidth: relativeWidth).upper
        return Bounds(lower: lower.lower, upper: upper)
    }

    /// What rounds can be added to; nil where that takes a new computation for every question.
    func stream(delta: Double) -> ContourStream? {
        guard isExact, !dominating.terms.isEmpty else { return nil }
        return ContourStream(dominating, delta: delta)
    }
}

extension ContourIntegral {
    func epsilon(delta: Double) -> EpsilonBounds {
        let bounds = smallestEpsilon(delta: delta, guess: max(center, 1e-9)) {
            self.delta(epsilon: $0).bounds
        }
        let point = bounds.upper.isFinite ? bounds.upper : center
        return EpsilonBounds(
            bounds, .contour, condition: self.delta(epsilon: point).condition)
    }
}

extension LossComposition {
    /// P against Q, and Q against P unless that is the same.
    var directions: [LossComposition] {
        terms.allSatisfy { $0.pair.isSymmetric } ? [self] : [self, reversed]
    }

    /// The mass of outcomes that are impossible under Q.
    private var disclosed: Double {
        -expm1(terms.reduce(0) { $0 + $1.count * log1p(-min($1.pair.infinite, 1)) })
    }

    func epsilon(delta: Double, relativeWidth: Double) -> EpsilonBounds {
        var result = EpsilonBounds(Bounds(lower: 0, upper: 0), .closedForm)
        for direction in directions {
            // Mostly one direction is the worse by far.
            if result.lower > 0, direction.chernoffDelta(epsilon: result.lower) < delta { continue }
            result = result.larger(
                direction.oneSided(delta: delta, relativeWidth: relativeWidth))
        }
        return result
    }

    private func chernoffDelta(epsilon: Double) -> Double {
        let saddle = SaddlePoint(self, for: .epsilon(epsilon))
        return infinite
            + Self.chernoffDelta(
                epsilon: epsilon, tilt: saddle.tilt, logMoment: saddle.moments.logMoment)
    }

    /// An upper bound on delta: max(0, 1 - exp(epsilon - L)) is at most a multiple of
    /// exp(t (L - epsilon)), for every tilt t > 0.
    static func chernoffDelta(epsilon: Double, tilt: Double, logMoment: Double) -> Double {
        let bound = exp(
            logMoment - tilt * epsilon + tilt * log(tilt / (1 + tilt)) - log1p(tilt))
        return bound.isNaN ? 1 : bound * (1 + 1e-9)
    }

    private func oneSided(delta: Double, relativeWidth: Double) -> EpsilonBounds {
        if let closed = closedForm {
            let bounds = smallestEpsilon(delta: delta, guess: 1, largest: 1e15, bounds: closed)
            if bounds.upper.isFinite {
                return EpsilonBounds(bounds, terms.isEmpty ? .gaussian : .closedForm)
            }
        }
        if disclosed * (1 - 1e-12) > delta {
            return EpsilonBounds(
                Bounds(lower: .infinity, upper: .infinity), .closedForm,
                reason:
                    "with probability \(disclosed), above delta, a release shows an outcome that "
                    + "is impossible without the user; add noise")
        }
        var best = EpsilonBounds(
            Bounds(lower: 0, upper: .infinity), .lattice,
            reason: "no accountant found a finite bound; use more noise or a larger delta")
        for method in methods {
            guard let next = method.epsilon(self, delta, relativeWidth) else { continue }
            let narrower = next.relativeWidth < best.relativeWidth ? next : best
            best = EpsilonBounds(
                Bounds(lower: max(best.lower, next.lower), upper: min(best.upper, next.upper)),
                narrower.accountant, reason: narrower.reason, condition: narrower.condition)
            if best.relativeWidth <= relativeWidth { break }
        }
        // Never worse than the quick check.
        guard best.relativeWidth > 1e-3, let quick = renyiEpsilon(delta: delta),
            quick < best.upper
        else { return best }
        return EpsilonBounds(Bounds(lower: best.lower, upper: quick), .renyi)
    }

    /// The conversion of Rényi divergences in this direction (see ``RenyiConversion``).
    private func renyiEpsilon(delta: Double) -> Double? {
        // The conversion is for distributions without infinite losses.
        guard infinite == 0 else { return nil }
        let tilt = SaddlePoint(self, for: .delta(delta)).tilt
        return [0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.4].map { factor in
            let order = 1 + tilt * factor
            return RenyiConversion.epsilon(
                divergence: moments(tilt: order - 1).logMoment / (order - 1), order: order,
                delta: delta)
        }.min()
    }

    /// One way to compose.
    private struct Method: Sendable {
        let epsilon:
            @Sendable (LossComposition, _ delta: Double, _ relativeWidth: Double) -> EpsilonBounds?
        let delta:
            @Sendable (LossComposition, _ epsilon: Double, _ relativeWidth: Double) -> Bounds?

        /// As they are, where rare large losses are not in the way.
        static let contour = Method(
            epsilon: { losses, delta, _ in
                ContourIntegral(losses, for: .delta(delta), largestCount: 0x1p12)?
                    .epsilon(delta: delta)
            },
            delta: { losses, epsilon, _ in
                ContourIntegral(losses, for: .epsilon(epsilon), largestCount: 0x1p12)?
                    .delta(epsilon: epsilon).bounds
            })
        /// With rare large losses counted as infinite, and smoothed by no more than `smoothing`,
        /// relative to epsilon.
        static func censoredContour(smoothing: Double) -> Method {
            Method(
                epsilon: { losses, delta, relativeWidth in
                    ContourIntegral(
                        losses.censored(delta: delta), for: .delta(delta), largestCount: 0x1p19,
                        relativeWidth: max(relativeWidth, smoothing))?.epsilon(delta: delta)
                },
                delta: { losses, epsilon, relativeWidth in
                    ContourIntegral(
                        losses.censored(delta: losses.estimatedDelta(epsilon)),
                        for: .epsilon(epsilon), largestCount: 0x1p19,
                        relativeWidth: max(relativeWidth, smoothing)
                    )?.delta(epsilon: epsilon).bounds
                })
        }

        /// On as many points as the width takes, at most `largestCount`: with fewer, less of what
        /// matters is next to a heavy point, and more of it on it.
        static func lattice(largestCount: Int) -> Method {
            Method(
                epsilon: { losses, delta, relativeWidth in
                    LatticeConvolution(
                        losses.censored(delta: delta), for: .delta(delta),
                        relativeWidth: relativeWidth / 6, largestCount: largestCount
                    ).map { lattice in
                        EpsilonBounds(
                            smallestEpsilon(
                                delta: delta, guess: lattice.center, largest: 1e15,
                                bounds: lattice.delta),
                            .lattice)
                    }
                },
                delta: { losses, epsilon, relativeWidth in
                    LatticeConvolution(
                        losses.censored(delta: losses.estimatedDelta(epsilon)),
                        for: .epsilon(epsilon), relativeWidth: relativeWidth / 6,
                        largestCount: largestCount)?.delta(epsilon: epsilon)
                })
        }
    }

    private func estimatedDelta(_ epsilon: Double) -> Double {
        max(exp(SaddlePoint(sample(of: 48), for: .epsilon(epsilon)).logDelta), 1e-280)
    }

    /// The contour integral needs enough releases for its integrand to fall off; the lattice gets
    /// the finer the fewer there are.
    private var methods: [Method] {
        let lattices = [20, 17, 14].map { Method.lattice(largestCount: 1 << $0) }
        let contours = [Method.contour, .censoredContour(smoothing: 0)]
        let coarse = [1e-4, 1e-3].map { Method.censoredContour(smoothing: $0) }
        let isOnLattice = terms.count == 1 && gaussian == 0 && terms[0].pair.step != nil
        return count < 48 || isOnLattice
            ? lattices.prefix(1) + contours + lattices.dropFirst() + coarse
            : contours + lattices + coarse
    }

    /// delta as a function of epsilon, where it needs no composition.
    private var closedForm: ((Double) -> Bounds)? {
        if terms.isEmpty {
            if gaussian == 0 { return { _ in Bounds(lower: 0, upper: 0) } }
            let pair = GaussianMixturePair(noiseMultiplier: 1 / gaussian.squareRoot(), rate: 1)
            return { pair.hockeyStick(epsilon: $0) ?? Bounds(lower: 0, upper: 1) }
        }
        guard gaussian == 0, terms.count == 1, terms[0].count == 1 else { return nil }
        let pair = terms[0].pair
        guard pair.hockeyStick(epsilon: 0) != nil else { return nil }
        return { pair.hockeyStick(epsilon: $0) ?? Bounds(lower: 0, upper: 1) }
    }

    func delta(epsilon: Double, relativeWidth: Double) -> Bounds {
        directions.map { $0.oneSided(epsilon: epsilon, relativeWidth: relativeWidth) }
            .reduce(Bounds(lower: 0, upper: 0)) { $0.larger($1) }
    }

    private func oneSided(epsilon: Double, relativeWidth: Double) -> Bounds {
        var best = Bounds(lower: disclosed * (1 - 1e-12), upper: 1)
        if let closed = closedForm {
            best = best.intersection(closed(epsilon))
            return Bounds(lower: max(best.lower, 0), upper: max(best.upper, 0))
        }
        for method in methods {
            if let next = method.delta(self, epsilon, relativeWidth) {
                best = best.intersection(next)
            }
            if best.upper - best.lower <= 1e-4 * best.upper { break }
        }
        return best
    }
}
