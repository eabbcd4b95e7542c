internal import Foundation

/// Where to tilt, and the epsilon and ln delta that the saddle-point approximation sees there.
///
/// With K(z) = ln E exp(zL), the integrand of the contour integral for delta has the logarithm
/// K(z) - z epsilon - ln(z (z + 1)), which has its saddle point on the real axis where
/// epsilon = K'(z) - 1 / z - 1 / (z + 1).
struct SaddlePoint: Sendable {
    let tilt: Double
    let epsilon: Double
    let logDelta: Double
    let moments: LossMoments

    init(_ composition: LossComposition, tilt: Double) {
        self.tilt = tilt
        moments = composition.moments(tilt: tilt)
        epsilon = moments.mean - 1 / tilt - 1 / (1 + tilt)
        let curvature = moments.variance + 1 / (tilt * tilt) + 1 / ((1 + tilt) * (1 + tilt))
        logDelta =
            moments.logMoment - tilt * epsilon - log(tilt) - log1p(tilt)
            - log(2 * .pi * curvature) / 2
    }

    /// The tilt for an epsilon or a delta, to a few per cent: any tilt gives the right integral, a
    /// tilt near this one gives it without cancellation.
    init(_ composition: LossComposition, for target: Target) {
        func excess(_ point: SaddlePoint) -> Double {
            switch target {
            case .delta(let delta): log(delta) - point.logDelta
            case .epsilon(let epsilon): point.epsilon - epsilon
            }
        }
        let largest = composition.terms.reduce(
            composition.gaussian > 0 ? Double.infinity : 0
        ) { $0 + $1.count * $1.pair.largestLoss }
        // Far along the axis the moments may overflow, or the largest loss may be all that is left:
        // that is too far.
        func isBeyond(_ point: SaddlePoint) -> Bool {
            !(excess(point) < 0)
                || largest - point.moments.mean < 0.1 * point.moments.variance.squareRoot()
        }
        var (low, high) = (log(0.1), log(0.1))
        if isBeyond(SaddlePoint(composition, tilt: exp(high))) {
            repeat {
                high = low
                low -= 1.5
            } while low > log(1e-14) && isBeyond(SaddlePoint(composition, tilt: exp(low)))
        } else {
            repeat {
                low = high
                high += 1.2
            } while high < log(1e12) && !isBeyond(SaddlePoint(composition, tilt: exp(high)))
        }
        while high - low > 0.04 {
            let middle = (low + high) / 2
            if isBeyond(SaddlePoint(composition, tilt: exp(middle))) {
                high = middle
            } else {
                low = middle
            }
        }
        self.init(composition, tilt: exp(low))
    }

    /// The epsilon at which delta is about `delta`, by the approximation at this tilt: also where
    /// large losses are rare, and a hair's breadth of tilt moves the saddle point from the small
    /// ones to them.
    func epsilon(delta: Double) -> Double {
        max(0, epsilon + (logDelta - log(delta)) / tilt)
    }

    /// What is asked for, and the approximation of the other of the two.
    func estimate(of target: Target) -> (logDelta: Double, epsilon: Double) {
        switch target {
        case .delta(let delta): (log(delta), epsilon(delta: delta))
        case .epsilon(let value): (logDelta, value)
        }
    }

    enum Target {
        case delta(Double)
        case epsilon(Double)
    }
}
