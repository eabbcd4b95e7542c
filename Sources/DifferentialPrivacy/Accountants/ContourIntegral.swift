internal import Dispatch
internal import Foundation
internal import Synchronization

/// delta(epsilon) as an integral of the privacy loss's moment generating function along the
/// vertical line through a saddle point, by the trapezoid rule, with bounds on everything that is
/// left out.
///
///     delta(epsilon) = 1 / (2 pi i) * integral of exp(K(z) - z epsilon) / (z (z + 1)) dz
///
/// for Re z > 0, since the Laplace transform of epsilon -> E max(0, 1 - exp(epsilon - L)) is E
/// exp(zL) / (z (z + 1)). At the points tilt + i k h the rule gives the sum over all whole m of
/// exp(2 pi m tilt / h) delta(epsilon + 2 pi m / h), by Poisson's formula: more than delta by terms
/// that Chernoff bounds keep small. What lies beyond the last point is bounded through
/// ``CharacteristicDecay``. Adding a release is adding the logarithms of its characteristic
/// function.
///
/// Where that does not bound enough, a Gaussian release with a tiny squared distance v is composed
/// with the others. It can only raise delta: the payoff is convex in exp(-L). And not by more than
/// v exp(v / 8) times the density at epsilon of the loss with it, as the derivative by v is half
/// the density, and a density with u < v is at most sqrt(v / u) exp((v - u) / 8) times that with v.
struct ContourIntegral: Sendable {
    let tilt: Double
    let spacing: Double
    let nodes: Int
    /// A larger tilt, at which Chernoff's bound is taken.
    let outerTilt: Double
    /// About the epsilon for which the integral was set up.
    let center: Double

    private var logMoment = 0.0
    private var outerLogMoment = 0.0
    private var logModulus: [Double]
    private var phase: [Double]
    /// Bounds on the logarithm of the modulus beyond the last node, on stretches each half as long
    /// again as the one before.
    private var decay = [Double](repeating: 0, count: Self.stretches)
    /// The logarithm of the largest modulus that each node may have.
    private var logLargest: [Double]
    /// What rounding may do to all nodes alike.
    private var error = 0.0
    private var infinite = 0.0
    /// The squared distance of an additional Gaussian release.
    private let smoothing: Double

    var limit: Double { spacing * Double(nodes) }

    private static let stretches = 14

    /// The ends of a stretch that begins `limit` * 1.5^`index`; the last has none.
    private static func stretch(_ index: Int, from limit: Double) -> (Double, Double) {
        let start = limit * pow(1.5, Double(index))
        return (start, index == stretches - 1 ? .infinity : 1.5 * start)
    }

    /// ln of the integral of exp(bound) / t^2 beyond `limit`, from above.
    private static func logTail(_ bounds: [Double], from limit: Double) -> Double {
        var sum = 0.0
        let largest = bounds.max() ?? 0
        for (index, bound) in bounds.enumerated() {
            let (a, b) = stretch(index, from: limit)
            sum += exp(bound - largest) * (1 / a - 1 / b)
        }
        return largest + log(sum)
    }

    /// An integral for a composition near `target`; nil where not enough of the integrand is known
    /// to be small with at most `largestCount` nodes.
    ///
    /// - Parameters:
    ///   - relativeWidth: Of epsilon, what smoothing may cost; without it, nothing is smoothed.
    ///   - digits: The logarithm of how much less than delta each thing left out is to be.
    init?(
        _ composition: LossComposition, for target: SaddlePoint.Target, largestCount: Double,
        relativeWidth: Double? = nil, digits: Double = 28
    ) {
        let sample = composition.sample(of: 16)
        let saddle = SaddlePoint(sample, for: target)
        let (logDelta, epsilon) = saddle.estimate(of: target)
        center = epsilon
        guard saddle.moments.logMoment.isFinite, logDelta.isFinite else { return nil }
        guard
            let plan = Window(
                sample, saddle: saddle, logDelta: logDelta,
                epsilon: epsilon, digits: digits, isBounded: false)
        else { return nil }
        tilt = plan.tilt
        outerTilt = plan.outerTilt
        spacing = 2 * .pi / plan.reach

        var decays: [(decay: CharacteristicDecay, count: Double)] = []
        for term in sample.terms {
            guard let rule = term.pair.quadrature(tilt: plan.tilt, frequency: 0) else { return nil }
            let decay = term.pair.decay(tilt: plan.tilt, logMoment: rule.logMoment)
            decays.append((decay.with(momentsOf: rule), term.count))
        }
        let moments = sample.moments(tilt: tilt)
        let scale = moments.logMoment - tilt * epsilon - logDelta + digits
        var end = 3 / max(moments.variance, 1e-300).squareRoot()
        func isFarEnough(_ t: Double, _ smoothing: Double) -> Bool {
            let bounds = (0..<Self.stretches).map { index in
                let (a, b) = Self.stretch(index, from: t)
                return decays.reduce(-(sample.gaussian + smoothing) * a * a / 2) {
                    $0 + $1.count * $1.decay.logBound(from: a, to: b)
                }
            }
            return Self.logTail(bounds, from: t) + scale < 0
        }
        // Smoothed only where that takes fewer nodes.
        let width = 0.05 * (relativeWidth ?? 0) * max(epsilon, 1e-12) / (plan.tilt + 1)
        while !isFarEnough(end, width), end / spacing < largestCount { end *= 1.15 }
        let smoothing = isFarEnough(end, 0) ? 0 : width
        guard end / spacing < largestCount else { return nil }
        self.smoothing = smoothing
        nodes = max(Int((end / spacing).rounded(.up)), 8)
        logModulus = [Double](repeating: 0, count: nodes)
        phase = logModulus
        logLargest = logModulus
        addGaussian(composition.gaussian + smoothing)
        guard addInParallel(composition.terms) else { return nil }
    }

    /// Adds many kinds of releases on all cores, in parts that do not depend on how many there are.
    private mutating func addInParallel(_ terms: [(pair: any LossPair, count: Double)]) -> Bool {
        let count = min(terms.count, 8)
        let none = self
        let parts = Mutex([ContourIntegral?](repeating: nil, count: count))
        @Sendable func part(_ number: Int) -> ContourIntegral? {
            var result = none
            result.clear()
            let range = number * terms.count / count..<(number + 1) * terms.count / count
            for term in terms[range] {
                guard result.add(term.pair, count: term.count) else { return nil }
            }
            return result
        }
        DispatchQueue.concurrentPerform(iterations: count) { number in
            let result = part(number)
            parts.withLock { $0[number] = result }
        }
        return parts.withLock { parts in
            for part in parts {
                guard let part else { return false }
                add(part)
            }
            return true
        }
    }

    /// Forgets all releases.
    private mutating func clear() {
        (logMoment, outerLogMoment, error, infinite) = (0, 0, 0, 0)
        for index in decay.indices { decay[index] = 0 }
        for index in logModulus.indices {
            (logModulus[index], phase[index], logLargest[index]) = (0, 0, 0)
        }
    }

    /// Adds the releases of another integral along the same line.
    private mutating func add(_ other: ContourIntegral) {
        logMoment += other.logMoment
        outerLogMoment += other.outerLogMoment
        error += other.error
        infinite += other.infinite
        for index in decay.indices { decay[index] += other.decay[index] }
        for index in logModulus.indices {
            logModulus[index] += other.logModulus[index]
            phase[index] += other.phase[index]
            logLargest[index] += other.logLargest[index]
        }
    }

    /// Adds Gaussian releases with a sum of squared distances.
    mutating func addGaussian(_ square: Double) {
        logMoment += square * tilt * (tilt + 1) / 2
        outerLogMoment += square * outerTilt * (outerTilt + 1) / 2
        for index in decay.indices {
            let start = Self.stretch(index, from: limit).0
            decay[index] -= square * start * start / 2
        }
        for index in logModulus.indices {
            let t = Double(index) * spacing
            logModulus[index] -= square * t * t / 2
            logLargest[index] -= square * t * t / 2 * (1 - 4 * .unitRoundoff)
            phase[index] += square * t * (tilt + 0.5)
        }
    }

    /// Adds `count` releases of a kind; whether that was possible.
    mutating func add(_ pair: any LossPair, count: Double) -> Bool {
        guard let rule = pair.quadrature(tilt: tilt, frequency: limit),
            nodes * rule.losses.count < 1 << 29
        else { return false }
        let outer = pair.moments(tilt: outerTilt)
        guard outer.logMoment.isFinite else { return false }
        logMoment += count * rule.logMoment
        outerLogMoment += count * outer.logMoment
        error += count * rule.error
        let size = zip(rule.weights, rule.losses).reduce(0) { $0 + $1.0 * abs($1.1) }
        infinite += count * pair.infinite
        let bound = pair.decay(tilt: tilt, logMoment: rule.logMoment).with(momentsOf: rule)
        for index in decay.indices {
            let (a, b) = Self.stretch(index, from: limit)
            decay[index] += count * bound.logBound(from: a, to: b)
        }
        let (excess, imaginary) = rule.characteristic(nodes: nodes, spacing: spacing)
        for index in logModulus.indices {
            let (re, im) = (1 + excess[index], imaginary[index])
            let change = excess[index] * (2 + excess[index]) + im * im
            let square = re * re + im * im
            // ln |1 + x + iy|, accurate where it is small.
            let logarithm = (change > -0.5 ? log1p(change) : log(max(square, 1e-300))) / 2
            logModulus[index] += count * logarithm
            // Each summand is off by some roundings of itself, about one a multiplication.
            let angles = Double(index) * spacing * size
            let turned = min(2, angles)
            let inexact = (128 * turned + 4 * angles) * .unitRoundoff + LossQuadrature.truncation
            logLargest[index] +=
                count * (logarithm + log1p(inexact * exp(-logarithm)))
                + count * 4 * .unitRoundoff * abs(logarithm)
            phase[index] += count * atan2(im, re)
        }
        return true
    }

    /// delta at `epsilon`, from below and from above, and how much larger than their sum the
    /// summands are.
    func delta(epsilon: Double) -> (bounds: Bounds, condition: Double) {
        let scale = exp(logMoment - tilt * epsilon)
        var (sum, size, weight, rounding, density, spread) = (
            0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        )
        for index in 0..<nodes {
            let t = Double(index) * spacing
            // 1 / (z (z + 1)), z = tilt + it
            let (a, b) = (tilt * (tilt + 1) - t * t, t * (2 * tilt + 1))
            let norm = a * a + b * b
            let half = index == 0 ? 0.5 : 1
            let kernel = half / norm.squareRoot()
            let modulus = half * exp(logModulus[index])
            let error = exp(logLargest[index]) * -expm1(logModulus[index] - logLargest[index])
            weight += kernel * error
            spread += error
            guard modulus > 0 else { continue }
            let angle = phase[index] - t * epsilon
            if smoothing > 0 {
                density += modulus * cos(angle)
                spread += modulus * (8 + abs(angle)) * 4 * .unitRoundoff
            }
            sum += modulus * (a * cos(angle) + b * sin(angle)) / norm
            let term = modulus / norm.squareRoot()
            size += term
            rounding += term * (8 + abs(phase[index]) + t * epsilon + abs(logModulus[index]))
        }
        let factor = scale * spacing / .pi
        let inexact =
            factor * (weight + rounding * 2 * .unitRoundoff)
            + factor * abs(sum)
            * (expm1(error) + (abs(logMoment) + tilt * epsilon) * 4 * .unitRoundoff)
        // Bounds that do not rise from one stretch to the next hold as well.
        var falling = decay
        for index in falling.indices.dropLast().reversed() {
            falling[index] = max(falling[index], falling[index + 1])
        }
        // A sum over nodes is at most the integral and its first term.
        let beyond =
            scale / .pi
            * (exp(Self.logTail(falling, from: limit)) + exp(falling[0]) * spacing / (limit * limit))
        let reach = 2 * Double.pi / spacing
        let left = exp(-tilt * reach)
        let right =
            exp(
                outerLogMoment - outerTilt * epsilon - (outerTilt - tilt) * reach
                    + outerTilt * log(outerTilt / (1 + outerTilt)) - log1p(outerTilt))
            / -expm1(-(outerTilt - tilt) * reach)
        // With the density of the smoothed loss, from above: rounding may have taken from it what
        // it may have taken of a sum of moduli.
        let smoothed =
            smoothing * exp(smoothing / 8)
            * (factor * density + scale * exp(falling[0])
                * (1 / (.pi * max(smoothing, 1e-300) * limit) + spacing) + factor * spread)
        let value = factor * sum
        return (
            Bounds(
                lower: value - inexact - beyond - left / (1 - left) - right
                    - (smoothing > 0 ? smoothed : 0),
                upper: value + inexact + beyond + infinite),
            size / max(abs(sum), 1e-300)
        )
    }
}
