internal import Foundation

/// One of several pairs, which of them is public and as likely under P as under Q.
struct MixedPair: LossPair {
    let parts: [(probability: Double, pair: any LossPair)]

    var isSymmetric: Bool { parts.allSatisfy { $0.pair.isSymmetric } }
    var step: Double? { nil }
    var infinite: Double { parts.reduce(0) { $0 + $1.probability * $1.pair.infinite } }
    var reversed: any LossPair {
        MixedPair(parts: parts.map { ($0.probability, $0.pair.reversed) })
    }

    func lossRange(tail: Double) -> ClosedRange<Double> {
        let ranges = parts.map { part in
            part.pair.lossRange(tail: min(tail / max(part.probability, 1e-300), 0.5))
        }
        return (ranges.map(\.lowerBound).min() ?? 0)...(ranges.map(\.upperBound).max() ?? 0)
    }

    func masses(on lattice: LossLattice) -> LossMasses {
        var result = LossMasses(count: lattice.count)
        for part in parts {
            let masses = part.pair.masses(on: lattice)
            for index in masses.atPoint.indices {
                result.atPoint[index] += part.probability * masses.atPoint[index]
            }
            for index in masses.cell.p.indices {
                result.cell.p[index] += part.probability * masses.cell.p[index]
                result.cell.q[index] += part.probability * masses.cell.q[index]
            }
            result.below += part.probability * masses.below
            result.above += part.probability * masses.above
        }
        return result
    }

    func hockeyStick(epsilon: Double) -> Bounds? {
        var sum = Bounds(lower: 0, upper: 0)
        for part in parts {
            guard let bounds = part.pair.hockeyStick(epsilon: epsilon) else { return nil }
            sum.lower += part.probability * bounds.lower
            sum.upper += part.probability * bounds.upper
        }
        return sum
    }

    func moments(tilt: Double) -> LossMoments {
        let moments = parts.map { ($0.probability, $0.pair.moments(tilt: tilt)) }
        let (logMoment, shares) = Self.mix(moments.map { ($0.0, $0.1.logMoment) })
        let mean = zip(shares, moments).reduce(0) { $0 + $1.0 * $1.1.1.mean }
        let variance = zip(shares, moments).reduce(0.0) { sum, part in
            let distance = part.1.1.mean - mean
            return sum + part.0 * (part.1.1.variance + distance * distance)
        }
        return LossMoments(logMoment: logMoment + 1e-14, mean: mean, variance: variance)
    }

    func quadrature(tilt: Double, frequency: Double) -> LossQuadrature? {
        var rules: [(probability: Double, rule: LossQuadrature)] = []
        for part in parts {
            guard let rule = part.pair.quadrature(tilt: tilt, frequency: frequency) else {
                return nil
            }
            rules.append((part.probability, rule))
        }
        let (logMoment, shares) = Self.mix(rules.map { ($0.probability, $0.rule.logMoment) })
        return LossQuadrature(
            logMoment: logMoment, losses: rules.flatMap(\.rule.losses),
            weights: zip(shares, rules).flatMap { share, part in
                part.rule.weights.map { share * $0 }
            },
            error: rules.reduce(4 * .unitRoundoff) { max($0, $1.rule.error) })
    }

    func decay(tilt: Double, logMoment: Double) -> CharacteristicDecay {
        let moments = parts.map { $0.pair.moments(tilt: tilt).logMoment }
        let (_, shares) = Self.mix(zip(parts, moments).map { ($0.probability, $1) })
        return CharacteristicDecay(
            parts: zip(shares, zip(parts, moments)).map { share, part in
                (share, part.0.pair.decay(tilt: tilt, logMoment: part.1))
            })
    }

    func censored(tail: Double) -> any LossPair {
        MixedPair(parts: parts.map { ($0.probability, $0.pair.censored(tail: tail)) })
    }

    /// The logarithm of a weighted sum of exponentials, and the share of each.
    private static func mix(
        _ parts: [(probability: Double, logarithm: Double)]
    ) -> (logarithm: Double, shares: [Double]) {
        let largest = parts.map(\.logarithm).max() ?? 0
        let terms = parts.map { $0.probability * exp($0.logarithm - largest) }
        let total = terms.reduce(0, +)
        return (largest + log(total), terms.map { $0 / total })
    }
}
