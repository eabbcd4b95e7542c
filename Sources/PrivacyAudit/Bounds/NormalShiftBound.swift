internal import DifferentialPrivacy
internal import Foundation

/// The lower bound on epsilon from the sizes of the scores, and not only their order: included ones
/// are N(a, s^2), excluded ones N(0, s^2), as for inner products of a Gaussian sum with orthogonal
/// canaries of one length. Then a / s is the mu of mu-GDP.
///
/// The statistic (mean of the included) / (s estimated from all) has a noncentral t distribution,
/// of which an exact confidence limit for mu follows. Where the mean of the excluded has to be
/// estimated too, the limit lies 1.4 times as far below mu, with groups of one size.
public enum NormalShiftBound {
    /// What is taken as the mean of the excluded canaries' scores.
    public enum NullMean: Sendable, Hashable {
        /// 0, because everything but noise was subtracted before the inner product.
        case zero
        /// Whatever it is, estimated.
        case estimated
    }

    /// The fewest canaries in each group.
    static let fewest = 20

    /// The lower limit for mu = a / s, or why there is none. Infinite where all excluded scores are
    /// 0 and most of the included are above: then the noise is missing.
    static func mu(
        _ scores: CanaryScores, nullMean: NullMean, errorProbability: Double
    ) -> Result<Double, Objection> {
        let (included, excluded) = (scores.included, scores.excluded)
        guard min(included.count, excluded.count) >= fewest else { return .failure(.tooFew) }
        if excluded.allSatisfy({ $0 == 0 }) {
            let above = included.count { $0 > 0 }
            return 2 * above > included.count ? .success(.infinity) : .failure(.notNormal)
        }
        let first = Moments(included)
        var second = Moments(excluded)
        if nullMean == .zero { second = second.around(0) }
        guard NormalityCheck.passes(excluded, mean: second.mean, deviation: second.deviation) else {
            return .failure(.notNormal)
        }
        let freedom = first.freedom + second.freedom
        let deviation = ((first.squares + second.squares) / freedom).squareRoot()
        let unknown = nullMean == .zero ? 0 : 1 / Double(excluded.count)
        let unit = (1 / Double(included.count) + unknown).squareRoot()
        // Beyond a thousand nothing is protected; a smaller statistic has a smaller limit.
        let value = min((first.mean - second.mean) / deviation, 1000) / unit
        guard value > 0 else { return .success(0) }
        let distribution = NoncentralT(degreesOfFreedom: freedom, value: value)
        // To say 0 is never wrong. Without any leakage there is a bound half as often as allowed:
        // the other half is for scores that are only nearly normal.
        guard distribution.upperTail(shift: 0) <= errorProbability / 2 else { return .success(0) }
        let shift = lastPoint { distribution.upperTail(shift: $0) <= errorProbability }
        return .success(shift * unit)
    }

    /// The bound of the Gaussian mechanism with the lower limit for mu, or an objection where the
    /// scores of excluded canaries visibly do not fit the model.
    public static func bound(
        _ scores: CanaryScores, nullMean: NullMean, at level: AuditLevel
    ) -> AuditBound {
        let method: AuditBound.Method =
            nullMean == .zero ? .normalShift : .normalShiftEstimatedNull
        switch mu(scores, nullMean: nullMean, errorProbability: level.errorProbability) {
        case .success(let mu):
            let epsilon = NormalPair(mu: mu).epsilon(delta: level.delta)
            return AuditBound(method, epsilon: epsilon, at: level)
        case .failure(let objection):
            return AuditBound(method, epsilon: 0, at: level, objection: objection.rawValue)
        }
    }

    /// Why scores do not fit the model.
    enum Objection: String, Error {
        case tooFew = "fewer than 20 canaries were included, or fewer than 20 excluded"
        case notNormal = "the scores of excluded canaries are visibly not as assumed"
    }
}
