internal import Foundation

/// Estimates, within the same private sum as the model change, how many devices were not clipped.
///
/// Next to its change, clipped to norm C, a device contributes s C (b - 1/2), b being 1 if the change
/// was within C and else 0: Andrew et al., "Differentially private learning with adaptive clipping",
/// NeurIPS 2021, section 2, with the two queries joined into one. The joint contribution's norm is at
/// most sqrt(C² + (s C / 2)²) = C sqrt(1 + s² / 4), which is the query's clipping norm and its
/// sensitivity to adding or removing a device. With s = 0.4 the change's noise grows by 2 %, and the
/// share is estimated to 1 / (s n) times the sum's noise multiplier.
package enum ClippingIndicator {
    /// The weight s of the indicator.
    package static let scale = 0.4

    /// The norm of the joint contribution: C sqrt(1 + s² / 4).
    package static func norm(with clippingNorm: Double) -> Double {
        clippingNorm * (1 + scale * scale / 4).squareRoot()
    }

    /// Clips a change to `clippingNorm` and adds the indicator as the first coordinate of
    /// `indicatorRow`, a row that the change does not have.
    package static func clip(
        _ statistic: inout Statistic, squaredNorm: Double, to clippingNorm: Double,
        indicatorRow: Int
    ) {
        let norm = squaredNorm.squareRoot()
        let isWithin = norm <= clippingNorm
        var values = statistic.values
        if !isWithin {
            let factor = norm.isFinite ? Float(clippingNorm / norm) : 0
            for index in values.indices { values[index] = factor == 0 ? 0 : values[index] * factor }
        }
        values.append(Float(scale * clippingNorm * (isWithin ? 0.5 : -0.5)))
        values.append(contentsOf: repeatElement(0, count: statistic.width - 1))
        statistic = Statistic(
            rows: statistic.rows + [Int32(indicatorRow)], width: statistic.width, values: values)
    }

    /// The next clipping norm: C exp(-rate (share - quantile)), the share taken from the noisy sum of
    /// indicators and kept within 0 to 1.
    package static func adapted(
        _ clippingNorm: Double, by adaptive: AdaptiveClipping,
        indicatorSum: Double, contributors: Int
    ) -> Double {
        let share = indicatorSum / (scale * clippingNorm * Double(max(1, contributors))) + 0.5
        let bounded = share.isFinite ? min(1, max(0, share)) : adaptive.quantile
        return clippingNorm * exp(-adaptive.learningRate * (bounded - adaptive.quantile))
    }
}
