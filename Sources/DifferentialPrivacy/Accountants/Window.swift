internal import Foundation

/// How far apart the copies of a distribution have to be that a discrete spectrum adds up, and the
/// tilts under which that is least.
///
/// At a tilt t, a copy that is `reach` away to the left adds at most exp(-t * reach) to delta, one
/// to the right at most what Chernoff's bound at a larger, outer tilt leaves of it.
struct Window {
    let tilt: Double
    let outerTilt: Double
    let reach: Double

    /// - Parameters:
    ///   - digits: The logarithm of how much less than delta copies are to add.
    ///   - isBounded: Whether losses beyond the window have to be negligible altogether.
    init?(
        _ composition: LossComposition, saddle: SaddlePoint,
        logDelta: Double, epsilon: Double, digits: Double, isBounded: Bool
    ) {
        let outer = [1.15, 1.3, 1.6, 2, 3, 5].map { factor in
            let tilt = factor * saddle.tilt
            return (tilt: tilt, moment: composition.moments(tilt: tilt).logMoment)
        }
        var best = (tilt: 0.0, outer: 0.0, reach: Double.infinity)
        let least = saddle.moments.logMoment - saddle.tilt * epsilon
        for factor in [1, 0.75, 0.5, 0.35] {
            let tilt = factor * saddle.tilt
            // Away from the saddle point more cancels: no more than a factor of a thousand.
            let cost =
                factor == 1
                ? least : composition.moments(tilt: tilt).logMoment - tilt * epsilon
            guard cost < least + 7 else { continue }
            for (outerTilt, moment) in outer {
                let right =
                    (moment - outerTilt * epsilon - logDelta + digits) / (outerTilt - tilt)
                let top = isBounded ? (moment - logDelta + digits) / outerTilt : 0
                let reach = max(right, top, (digits - logDelta) / tilt)
                if reach < best.reach { best = (tilt, outerTilt, reach) }
            }
        }
        guard best.reach.isFinite else { return nil }
        tilt = best.tilt
        outerTilt = best.outer
        reach = best.reach * 1.05
    }
}
