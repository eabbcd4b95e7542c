internal import Foundation

/// A contour integral that grows with every round, in the direction that costs more, and a bound
/// that says that it still does.
struct ContourStream: Sendable {
    let delta: Double
    private let isReversed: Bool
    private var integral: ContourIntegral
    /// ln E exp(tilt * L) in the other direction, where that differs, and the mass of infinite
    /// losses.
    private var other: (tilt: Double, logMoment: Double, infinite: Double)?

    init?(_ losses: LossComposition, delta: Double) {
        self.delta = delta
        let directions = losses.directions
        let sample = losses.sample(of: 16)
        let saddles = sample.directions.map { SaddlePoint($0, for: .delta(delta)) }
        let epsilons = saddles.map { $0.epsilon(delta: delta) }
        isReversed = epsilons.count == 2 && epsilons[1] > epsilons[0]
        guard
            let integral = ContourIntegral(
                directions[isReversed ? 1 : 0], for: .delta(delta), largestCount: 0x1p12,
                digits: 17)
        else { return nil }
        self.integral = integral
        guard directions.count == 2 else { return }
        // The tilt that makes the most of the bound at the epsilon of the first.
        let opposite = isReversed ? 0 : 1
        let tilt = SaddlePoint(
            sample.directions[opposite], for: .epsilon(epsilons[1 - opposite])
        ).tilt
        other = (
            tilt, directions[opposite].moments(tilt: tilt).logMoment, directions[opposite].infinite
        )
    }

    /// With more releases; nil where that takes a new computation.
    func adding(
        _ releases: Releases, under relation: NeighbouringRelation
    ) throws(DifferentialPrivacyError) -> ContourStream? {
        var result = self
        for (release, count) in releases {
            switch try ReleaseLosses(release, under: relation) {
            case .gaussian(let square):
                result.integral.addGaussian(count * square)
                if let other {
                    result.other?.logMoment += count * square * other.tilt * (other.tilt + 1) / 2
                }
            case .pair(let pair, let attained):
                guard attained == nil, other != nil || pair.isSymmetric,
                    result.integral.add(isReversed ? pair.reversed : pair, count: count)
                else { return nil }
                if let other {
                    let opposite = isReversed ? pair : pair.reversed
                    result.other?.logMoment +=
                        count * opposite.moments(tilt: other.tilt).logMoment
                    result.other?.infinite += count * opposite.infinite
                }
            case .renyi: return nil
            }
        }
        return result
    }

    /// The bounds; nil where the other direction may cost more.
    func epsilon() -> EpsilonBounds? {
        let bounds = integral.epsilon(delta: delta)
        if let other {
            let deltaThere = LossComposition.chernoffDelta(
                epsilon: bounds.lower, tilt: other.tilt, logMoment: other.logMoment)
            guard bounds.lower > 0, deltaThere + other.infinite < delta else { return nil }
        }
        return bounds
    }
}
