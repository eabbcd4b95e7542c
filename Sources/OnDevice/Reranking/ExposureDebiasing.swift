internal import Foundation

/// Lowers what this device was shown often, so that one list after another is not the same.
///
/// The penalty is strength · spread · log(1 + exposure), where the spread is the standard deviation
/// of the candidates' scores: the first occasions cost most, and one strength suits every model.
public struct ExposureDebiasing: Sendable, Hashable, Codable {
    /// The penalty of an exposure of e - 1 (about 1.7 occasions), in standard deviations of the
    /// scores, from 0 (no penalty) to 1000; a value beyond counts as the bound.
    public var strength: Double

    /// A penalty of the given strength.
    public init(strength: Double = 0.1) { self.strength = strength }

    /// No penalty.
    public static let none = ExposureDebiasing(strength: 0)

    /// What is added to each candidate's score. An exposure that is negative or NaN counts as 0.
    func adjustments(_ pool: CandidatePool) -> [Double] {
        let weight = strength.bounded(to: 0...1000, notANumber: 0) * pool.spread
        return pool.candidates.map { candidate in
            guard candidate.exposure > 0, weight > 0 else { return 0 }
            return -weight * log1p(min(candidate.exposure, .greatestFiniteMagnitude))
        }
    }
}
