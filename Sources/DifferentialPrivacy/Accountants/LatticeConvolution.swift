internal import Foundation

/// delta(epsilon) of a composition from the distribution of its privacy loss on a lattice, by
/// Fourier transforms of the *tilted* distributions: tilting by the saddle point makes the losses
/// that matter the likely ones, so that the transforms' absolute errors are relative to delta.
struct LatticeConvolution: Sendable {
    private let step: Double
    /// The loss of the first point.
    private let base: Double
    /// Sums over all losses from a point on, from above and from below: of P, and of Q times
    /// exp(the point's loss).
    private var upper: (p: [Double], q: [Double])
    private var lower: (p: [Double], q: [Double])
    /// The mass of losses that count as infinite.
    private var infinite = 0.0
    private let tilt: Double
    private let outerTilt: Double
    private var logMoment = 0.0
    private var outerLogMoment = 0.0
    /// The error that rounding leaves in a mass, relative to it, and in all tilted masses together,
    /// as the root of the sum of their squares.
    private var relativeError = 0.0
    private let tiltedError: Double
    private let window: Double
    /// About the epsilon for which the convolution was set up.
    let center: Double

    /// - Parameters:
    ///   - composition: At least one release.
    ///   - target: Near which delta is wanted.
    ///   - relativeWidth: The relative width of bounds on epsilon to aim for.
    ///   - largestCount: The largest number of points, a power of two; twice as many for losses that
    ///     are on a lattice of their own.
    init?(
        _ composition: LossComposition, for target: SaddlePoint.Target, relativeWidth: Double,
        largestCount: Int
    ) {
        var terms = composition.terms
        if composition.gaussian > 0 {
            terms.append(
                (
                    pair: GaussianMixturePair(
                        noiseMultiplier: 1 / composition.gaussian.squareRoot(), rate: 1), count: 1
                ))
        }
        let saddle = SaddlePoint(composition, for: target)
        let (logDelta, epsilon) = saddle.estimate(of: target)
        center = epsilon
        guard logDelta.isFinite, saddle.moments.logMoment.isFinite else { return nil }
        guard
            let plan = Window(
                composition, saddle: saddle, logDelta: logDelta,
                epsilon: epsilon, digits: 24, isBounded: true)
        else { return nil }
        let tilt = plan.tilt
        let outerTilt = plan.outerTilt
        (self.tilt, self.outerTilt) = (tilt, outerTilt)
        let reach = max(plan.reach, epsilon * 1.5)

        let total = terms.reduce(0) { $0 + $1.count }
        let (step, count) = Self.lattice(
            terms: terms, total: total, reach: reach, largestCount: largestCount,
            goal: 4 * relativeWidth * max(epsilon, 1e-12) / (total * (tilt + 1)),
            deviation: (saddle.moments.variance / total).squareRoot())
        guard count > 0 else { return nil }
        self.step = step

        var product = SpectrumProduct(count: count)
        let tail = exp(logDelta) * 1e-8 / total
        var offset = 0.0
        for term in terms {
            let range = term.pair.lossRange(tail: tail)
            let cut =
                range
                .lowerBound...max(
                    min(range.upperBound, max(epsilon, 0) + 45 + abs(range.lowerBound)),
                    range.lowerBound)
            guard (cut.upperBound - cut.lowerBound) / step < Double(1 << 23) else { return nil }
            let losses = LatticeLosses(of: term.pair, step: step, range: cut)
            infinite += term.count * losses.infinite
            let moment = LossMoments(
                losses: { losses.lattice[$0] }, masses: losses.upper, tilt: tilt)
            logMoment += term.count * moment.logMoment
            outerLogMoment +=
                term.count
                * LossMoments(
                    losses: { losses.lattice[$0] }, masses: losses.upper, tilt: outerTilt
                ).logMoment
            relativeError += term.count * 8 * .unitRoundoff * (1 + abs(moment.logMoment))
            // The heaviest point becomes the first of the ring.
            let weights = losses.upper.indices.map {
                exp(tilt * losses.lattice[$0] - moment.logMoment)
            }
            let heaviest =
                weights.indices.max {
                    weights[$0] * losses.upper[$0] < weights[$1] * losses.upper[$1]
                } ?? 0
            offset += term.count * losses.lattice[heaviest]
            var above = [Double](repeating: 0, count: count)
            var below = above
            for index in weights.indices where index != heaviest {
                let position = (index - heaviest) & (count - 1)
                above[position] += losses.upper[index] * weights[index]
                below[position] += losses.lower[index] * weights[index]
            }
            product.multiply(
                above: above, below: below,
                atZero: (
                    losses.upper[heaviest] * weights[heaviest],
                    losses.lower[heaviest] * weights[heaviest]
                ), power: term.count)
        }
        let masses = product.masses()
        tiltedError = masses.error

        // The window begins at the last point that is not above 0.
        let first = Int((-offset / step).rounded(.down))
        base = offset + Double(first) * step
        upper = ([Double](repeating: 0, count: count + 1), [Double](repeating: 0, count: count + 1))
        lower = upper
        let decrease = exp(-step)
        for index in stride(from: count - 1, through: 0, by: -1) {
            let loss = base + Double(index) * step
            let position = (first + index) & (count - 1)
            let weight = exp(logMoment - tilt * loss)
            let (above, below) = (
                max(masses.above[position], 0) * weight, max(masses.below[position], 0) * weight
            )
            upper.p[index] = upper.p[index + 1] + above
            upper.q[index] = upper.q[index + 1] * decrease + above
            lower.p[index] = lower.p[index + 1] + below
            lower.q[index] = lower.q[index + 1] * decrease + below
        }

        window = Double(count - 1) * step
    }

    /// A step, and a power of two of points that reach far enough; no points where losses on a
    /// lattice of their own take too many.
    private static func lattice(
        terms: [(pair: any LossPair, count: Double)], total: Double, reach: Double,
        largestCount: Int, goal: Double, deviation: Double
    ) -> (step: Double, count: Int) {
        // Rounding adds the step's square to the variance of each loss, or, if that is less, the
        // step times the loss's size.
        let wanted = max(goal.squareRoot(), goal / max(deviation, 1e-300))
        let steps = terms.map(\.pair.step)
        func count(_ step: Double) -> Int {
            let points = reach / step
            guard points < Double(1 << 30) else { return 0 }
            var count = 1 << 10
            while Double(count) < points { count *= 2 }
            return count
        }
        if let first = steps.first, let natural = first, steps.allSatisfy({ $0 == natural }) {
            let exact = terms.allSatisfy { $0.pair is AtomicPair }
            let parts = exact ? 1 : max(1, (natural / wanted).rounded(.up))
            let size = count(natural / parts)
            if size > 0, size <= 2 * largestCount { return (natural / parts, size) }
            let fewer = max(1, (natural * Double(largestCount) / reach).rounded(.down))
            if !exact, count(natural / fewer) <= 2 * largestCount, count(natural / fewer) > 0 {
                return (natural / fewer, count(natural / fewer))
            }
        }
        let size = min(max(count(wanted), 1), largestCount)
        let points = count(wanted) == 0 ? largestCount : size
        return (reach / Double(points), points)
    }

    /// delta at `epsilon`, at least 0, from below and from above.
    func delta(epsilon: Double) -> Bounds {
        let position = (epsilon - base) / step
        let index =
            position < Double(upper.p.count - 1)
            ? Int(position.rounded(.down)) + 1 : upper.p.count - 1
        let growth = index < upper.p.count - 1 ? exp(epsilon - base - Double(index) * step) : 0
        let (p, q) = (upper.p[index], upper.q[index] * growth)
        let (p2, q2) = (lower.p[index], lower.q[index] * growth)
        // Cauchy-Schwarz: the masses' error against the payoff's norm over the lattice.
        let payoff =
            exp(logMoment - tilt * epsilon)
            * min(1 / (2 * tilt * (2 * tilt + 1) * (tilt + 1) * step) + 1, Double(upper.p.count))
            .squareRoot()
        let rounding =
            tiltedError * payoff + (relativeError + 64 * .unitRoundoff) * (p + q + p2 + q2)
        let left = exp(-tilt * window)
        let right =
            exp(outerLogMoment - outerTilt * epsilon - (outerTilt - tilt) * window)
            / -expm1(-(outerTilt - tilt) * window)
        return Bounds(
            lower: p2 - q2 - rounding - left / (1 - left) - right,
            upper: p - q + rounding + infinite + exp(outerLogMoment - outerTilt * window))
    }
}
