internal import Foundation

/// Two distributions P and Q of outcomes that dominate a mechanism on neighbouring data: no
/// mechanism of its kind tells them apart better, whatever came before (Zhu, Dong and Wang 2022,
/// arXiv 2106.08567, Definition 7), so that pairs of several mechanisms compose by multiplication.
///
/// Everything is a matter of the privacy loss L = ln(dP / dQ) under P, and so is every accountant:
/// delta(epsilon) = E max(0, 1 - exp(epsilon - L)).
protocol LossPair: Sendable {
    /// Whether P and Q exchanged have the same losses.
    var isSymmetric: Bool { get }
    /// A step of which all losses with a mass of their own are multiples, where there is one.
    var step: Double? { get }
    /// The mass that P puts where Q puts none: losses that are infinite.
    var infinite: Double { get }
    /// No finite loss is larger.
    var largestLoss: Double { get }
    /// A range of losses outside of which P puts at most `tail` below and as much above.
    func lossRange(tail: Double) -> ClosedRange<Double>
    /// The masses of P and Q on and between the points of `lattice`, each to about 15 digits of
    /// itself or of the tail beyond it.
    func masses(on lattice: LossLattice) -> LossMasses
    /// An upper bound on ln E exp(`tilt` * L) over finite losses, `tilt` >= 0, with mean and
    /// variance of L under that tilt.
    func moments(tilt: Double) -> LossMoments
    /// Points and weights for E exp(z L) with z = `tilt` + it and |t| <= `frequency`; nil where
    /// there are none.
    func quadrature(tilt: Double, frequency: Double) -> LossQuadrature?
    /// What bounds the characteristic function of L under a tilt whose moment is known.
    func decay(tilt: Double, logMoment: Double) -> CharacteristicDecay
    /// delta(`epsilon`) of one release in closed form; nil where there is none.
    func hockeyStick(epsilon: Double) -> Bounds?
    /// The pair with its largest losses, of about the mass `tail`, counted as infinite; unchanged
    /// where losses are bounded.
    func censored(tail: Double) -> any LossPair
    /// The same pair with P and Q exchanged.
    var reversed: any LossPair { get }
}

extension LossPair {
    var infinite: Double { 0 }

    var largestLoss: Double { lossRange(tail: 0).upperBound }

    func quadrature(tilt: Double, frequency: Double) -> LossQuadrature? { nil }

    func decay(tilt: Double, logMoment: Double) -> CharacteristicDecay { CharacteristicDecay() }

    func hockeyStick(epsilon: Double) -> Bounds? { nil }

    func censored(tail: Double) -> any LossPair { self }

    /// On a coarse lattice, which raises every moment; of all losses but those of a mass of 1e-60.
    func moments(tilt: Double) -> LossMoments {
        let range = lossRange(tail: 1e-60)
        let size = max(range.upperBound - range.lowerBound, 1e-300)
        let losses = LatticeLosses(of: self, step: size / 1024, range: range)
        return LossMoments(losses: { losses.lattice[$0] }, masses: losses.upper, tilt: tilt)
    }
}

/// Equidistant privacy losses: `offset` and `step` times the integers from `first` to `first` +
/// `count` - 1.
struct LossLattice: Sendable, Hashable {
    let step: Double
    let offset: Double
    let first: Int
    let count: Int

    /// The smallest lattice that covers a range, with at least two points.
    init(step: Double, offset: Double = 0, covering range: ClosedRange<Double>) {
        self.step = step
        self.offset = offset
        first = Int(((range.lowerBound - offset) / step - 1e-9).rounded(.down))
        let last = Int(((range.upperBound - offset) / step + 1e-9).rounded(.up))
        count = max(last - first + 1, 2)
    }

    init(step: Double, offset: Double = 0, first: Int, count: Int) {
        self.step = step
        self.offset = offset
        self.first = first
        self.count = count
    }

    subscript(index: Int) -> Double { offset + Double(first + index) * step }

    /// The lattice of the negative losses, on which the order is the opposite one.
    var mirrored: LossLattice {
        LossLattice(step: step, offset: -offset, first: -(first + count - 1), count: count)
    }

    /// Where a loss lies, in points from the first.
    func position(of loss: Double) -> Double { (loss - offset) / step - Double(first) }
}

/// How P and Q spread over a lattice.
struct LossMasses: Sendable {
    /// The mass of P at each point itself.
    var atPoint: [Double]
    /// The masses of P and Q strictly between each point and the next; those of Q times exp(the
    /// loss of the lower point), so that they are comparable and neither overflows.
    var cell: (p: [Double], q: [Double])
    /// The mass of P below the first and above the last point, infinite losses included.
    var below = 0.0
    var above = 0.0

    init(count: Int) {
        atPoint = [Double](repeating: 0, count: count)
        let none = [Double](repeating: 0, count: count - 1)
        cell = (none, none)
    }

    /// The masses with P and Q exchanged, on the mirrored lattice: `below` and `above` become what
    /// is given.
    func reversed(on lattice: LossLattice, below: Double, above: Double) -> LossMasses {
        var result = LossMasses(count: atPoint.count)
        for (index, mass) in atPoint.enumerated() where mass > 0 {
            result.atPoint[atPoint.count - 1 - index] = mass * exp(-lattice[index])
        }
        let last = cell.p.count - 1
        for index in cell.p.indices {
            result.cell.p[last - index] = cell.q[index] * exp(-lattice[index])
            result.cell.q[last - index] = cell.p[index] * exp(-lattice[index + 1])
        }
        result.below = below
        result.above = above
        return result
    }
}

/// ln E exp(tilt * L) and the first two moments of L under that tilt.
struct LossMoments: Sendable {
    var logMoment: Double
    var mean: Double
    var variance: Double

    init(logMoment: Double, mean: Double, variance: Double) {
        self.logMoment = logMoment
        self.mean = mean
        self.variance = variance
    }

    /// Those of a discrete distribution.
    init(losses: (Int) -> Double, masses: [Double], tilt: Double) {
        var largest = -Double.infinity
        for index in masses.indices where masses[index] > 0 {
            largest = max(largest, log(masses[index]) + tilt * losses(index))
        }
        guard largest.isFinite else {
            self.init(logMoment: -.infinity, mean: 0, variance: 0)
            return
        }
        var (total, mean, square) = (0.0, 0.0, 0.0)
        for index in masses.indices where masses[index] > 0 {
            let loss = losses(index)
            let weight = exp(log(masses[index]) + tilt * loss - largest)
            // West's updating formula for mean and variance.
            total += weight
            let change = loss - mean
            mean += change * weight / total
            square += weight * change * (loss - mean)
        }
        let slack = 1e-13 * (1 + abs(tilt * mean))
        self.init(
            logMoment: largest + log(total) + slack, mean: mean, variance: square / total)
    }
}

/// A discrete distribution with the same exponential moments as a loss, up to a bounded error.
struct LossQuadrature: Sendable {
    /// ln E exp(tilt * L), and how far off it may be.
    var logMoment: Double
    /// The losses, and the weights under the tilt, which add up to 1.
    var losses: [Double]
    var weights: [Double]
    /// The largest error of ``logMoment``.
    var error: Double

    /// What the rule may be off for E exp(zL) / E exp(tilt * L), rounding apart.
    static let truncation = 8 * exp(-40.0)
}
