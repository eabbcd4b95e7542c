internal import Foundation

/// Laplace noise on a Poisson sample; a rate of 1 is no sampling.
///
/// Without sampling half of P has the largest loss, 1 / scale, and in between the loss has the
/// density exp((l - 1 / scale) / 2) / 4.
struct LaplacePair: LossPair {
    /// The scale of the noise, in L1 sensitivities.
    let scale: Double
    let rate: Double
    let isReversed: Bool

    init(scale: Double, rate: Double, isReversed: Bool = false) {
        self.scale = scale
        self.rate = rate
        self.isReversed = isReversed
    }

    private var largest: Double { 1 / scale }

    /// The loss with sampling, of an outcome with the loss `loss` without.
    private func sampled(_ loss: Double) -> Double {
        rate == 1 ? loss : log1p(rate * expm1(loss))
    }

    private func unsampled(_ loss: Double) -> Double {
        if rate == 1 { return loss }
        let ratio = (expm1(loss) + rate) / rate
        return ratio > 0 ? log(ratio) : -.infinity
    }

    var isSymmetric: Bool { rate == 1 }
    var step: Double? { rate == 1 ? largest : nil }

    var reversed: any LossPair {
        LaplacePair(scale: scale, rate: rate, isReversed: !isReversed)
    }

    func lossRange(tail: Double) -> ClosedRange<Double> {
        let range = sampled(-largest)...sampled(largest)
        return isReversed ? -range.upperBound...(-range.lowerBound) : range
    }

    /// The masses of P and Q of losses from `a` to `b` without sampling.
    private func between(_ a: Double, _ b: Double) -> (p: Double, q: Double) {
        let (low, high) = (max(a, -largest), min(b, largest))
        guard low < high else { return (0, 0) }
        let p = exp((high - largest) / 2) * -expm1((low - high) / 2) / 2
        let q = exp((-low - largest) / 2) * -expm1((low - high) / 2) / 2
        return (rate * p + (1 - rate) * q, q)
    }

    func masses(on lattice: LossLattice) -> LossMasses {
        let forward = isReversed ? lattice.mirrored : lattice
        var result = AtomicPair(
            losses: [sampled(-largest), sampled(largest)],
            masses: [
                rate * exp(-largest) / 2 + (1 - rate) / 2,
                rate / 2 + (1 - rate) * exp(-largest) / 2,
            ]
        ).masses(on: forward)
        var previous = unsampled(forward[0])
        for index in 0..<(forward.count - 1) {
            let next = unsampled(forward[index + 1])
            let (p, q) = between(previous, next)
            result.cell.p[index] += p
            result.cell.q[index] += q * exp(forward[index])
            previous = next
        }
        let beyond = between(previous, .infinity)
        let under = between(-.infinity, unsampled(forward[0]))
        if isReversed {
            return result.reversed(on: forward, below: beyond.q, above: under.q)
        }
        result.below += under.p
        result.above += beyond.p
        return result
    }

    /// The atoms, and Gauss's rule in between on panels short enough that neither the tilt nor the
    /// frequency makes the integrand grow by more than exp(30) in the ellipses around them (see
    /// ``GaussianMixturePair``).
    func quadrature(tilt: Double, frequency: Double) -> LossQuadrature? {
        let half = min(0.5, 30 / (2.4 * (tilt + 2) + 2.2 * frequency))
        let count = Int((largest / half).rounded(.up))
        guard count < 1 << 16 else { return nil }
        let width = largest / Double(count)
        var losses = [sampled(-largest), sampled(largest)]
        let atom = exp(-largest)
        var masses = [
            rate * atom / 2 + (1 - rate) / 2, rate / 2 + (1 - rate) * atom / 2,
        ]
        for panel in 0..<count {
            let middle = -largest + (2 * Double(panel) + 1) * width
            for (x, weight) in GaussRule.ofOrder24 {
                let loss = middle + width * x
                // The densities of P and Q at a loss without sampling.
                let p = exp((loss - largest) / 2) / 4
                let q = exp((-loss - largest) / 2) / 4
                losses.append(sampled(loss))
                masses.append(width * weight * (rate * p + (1 - rate) * q))
            }
        }
        if isReversed {
            masses = zip(masses, losses).map { $0 * exp(-$1) }
            losses = losses.map { -$0 }
        }
        return AtomicPair(losses: losses, masses: masses).quadrature(
            tilt: tilt, frequency: frequency)
    }
}
