internal import Foundation

/// The losses of several releases together, in one direction: P against Q, each adapted to what
/// came before.
struct LossComposition: Sendable {
    /// The squared distance of the two means, in standard deviations, of all Gaussian releases.
    var gaussian = 0.0
    /// Pairs, and how often each occurs.
    var terms: [(pair: any LossPair, count: Double)] = []

    var reversed: LossComposition {
        LossComposition(
            gaussian: gaussian, terms: terms.map { (pair: $0.pair.reversed, count: $0.count) })
    }

    /// The same with rare large losses counted as infinite: altogether of a mass far below `delta`.
    func censored(delta: Double) -> LossComposition {
        LossComposition(
            gaussian: gaussian,
            terms: terms.map {
                (pair: $0.pair.censored(tail: delta * 1e-8 / count), count: $0.count)
            })
    }

    /// A bound on the mass of infinite losses.
    var infinite: Double { terms.reduce(0) { $0 + $1.count * $1.pair.infinite } }

    /// The number of releases.
    var count: Double { terms.reduce(gaussian > 0 ? 1 : 0) { $0 + $1.count } }

    /// Moments of the sum of all losses under a tilt.
    func moments(tilt: Double) -> LossMoments {
        var sum = LossMoments(
            logMoment: gaussian * tilt * (tilt + 1) / 2, mean: gaussian * (tilt + 0.5),
            variance: gaussian)
        for term in terms {
            let moments = term.pair.moments(tilt: tilt)
            sum.logMoment += term.count * moments.logMoment
            sum.mean += term.count * moments.mean
            sum.variance += term.count * moments.variance
        }
        return sum
    }

    /// A composition of at most `limit` distinct releases that behaves about the same: every so
    /// many are taken for all.
    func sample(of limit: Int) -> LossComposition {
        guard terms.count > limit else { return self }
        let total = terms.reduce(0) { $0 + $1.count }
        var result = self
        result.terms = (0..<limit).map { terms[$0 * terms.count / limit] }
        let scale = total / result.terms.reduce(0) { $0 + $1.count }
        for index in result.terms.indices { result.terms[index].count *= scale }
        return result
    }
}
