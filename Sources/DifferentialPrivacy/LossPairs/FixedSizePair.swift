internal import Foundation

/// Gaussian noise on a sample of fixed size: what dominates for losses above 0 is (1 - rate) B +
/// rate A against B, for losses below 0 the other way round (Balle, Barthe and Gaboardi 2018, arXiv
/// 1807.01647, Theorems 9 and 10; as one pair in Zhu, Dong and Wang 2022, Theorem 11).
///
/// With replacement a user occurs k >= 1 times, with probabilities as given once it occurs, and k
/// moves the outcome k times as far.
struct FixedSizePair: LossPair {
    /// The probability of being in the sample.
    let rate: Double
    /// The pairs for every number of occurrences, and their probabilities.
    private let parts: [(probability: Double, pair: GaussianMixturePair)]

    /// `shifts` in standard deviations of the noise.
    init(rate: Double, shifts: [(probability: Double, shift: Double)]) {
        self.rate = rate
        parts = shifts.map { part in
            (part.probability, GaussianMixturePair(noiseMultiplier: 1 / part.shift, rate: rate))
        }
    }

    var isSymmetric: Bool { true }
    var step: Double? { nil }
    var reversed: any LossPair { self }

    func lossRange(tail: Double) -> ClosedRange<Double> {
        let largest =
            parts.map { part in
                part.pair.lossRange(tail: min(tail / part.probability, 0.5)).upperBound
            }.max() ?? 0
        return -max(largest, 1e-12)...max(largest, 1e-12)
    }

    func masses(on lattice: LossLattice) -> LossMasses {
        // The part above 0 and, mirrored, the part below: of the cell around 0 the proper side
        // each.
        var result = LossMasses(count: lattice.count)
        var elsewhere = 1.0
        for part in parts {
            for (side, isMirrored) in [(lattice, false), (lattice.mirrored, true)] {
                var previous = part.pair.outcome(ratio: max(side[0], 0), guess: 0)
                var total = (p: 0.0, q: 0.0)
                for index in 0..<(side.count - 1) where side[index + 1] > 0 {
                    let next = part.pair.outcome(
                        ratio: side[index + 1], guess: previous.isFinite ? previous : 0)
                    let p = part.probability * part.pair.upper.mass(previous, next)
                    let q = part.probability * part.pair.lower.mass(previous, next)
                    if isMirrored {
                        let cell = side.count - 2 - index
                        result.cell.p[cell] += q
                        result.cell.q[cell] += p * exp(lattice[cell])
                    } else {
                        result.cell.p[index] += p
                        result.cell.q[index] +=
                            part.probability
                            * part.pair.lower.mass(previous, next, exponent: lattice[index])
                    }
                    previous = next
                    total = (total.p + p, total.q + q)
                }
                let rest = (
                    p: part.probability * part.pair.upper.upperTail(previous),
                    q: part.probability * part.pair.lower.upperTail(previous)
                )
                let start = part.pair.outcome(ratio: max(side[0], 0), guess: 0)
                let zero = part.pair.outcome(ratio: 0, guess: 0)
                let skipped = (
                    p: part.probability * part.pair.upper.mass(zero, start),
                    q: part.probability * part.pair.lower.mass(zero, start)
                )
                if isMirrored {
                    result.below += rest.q
                    result.above += skipped.q
                    elsewhere -= total.q + rest.q + skipped.q
                } else {
                    result.above += rest.p
                    result.below += skipped.p
                    elsewhere -= total.p + rest.p + skipped.p
                }
            }
        }
        // Losses of exactly 0.
        let position = lattice.position(of: 0)
        let nearest = position.rounded()
        let mass = max(0, elsewhere)
        if position < -1e-7 {
            result.below += mass
        } else if position > Double(lattice.count - 1) + 1e-7 {
            result.above += mass
        } else if abs(position - nearest) < 1e-7 {
            result.atPoint[Int(nearest)] += mass
        } else {
            result.cell.p[Int(position)] += mass
            result.cell.q[Int(position)] += mass * exp(lattice[Int(position)])
        }
        return result
    }
}
