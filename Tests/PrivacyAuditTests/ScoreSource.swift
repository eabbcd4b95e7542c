import Foundation
import PrivacyAudit
import Sodium

/// Draws canary scores from known distributions.
struct ScoreSource {
    private var randomness: SeededRandomness

    init(seed: UInt64) { randomness = SeededRandomness(seed: seed, label: "canary scores") }

    /// Uniform between 0 and 1, never 0 or 1.
    mutating func uniform() -> Double { (Double(randomness.next() >> 12) + 0.5) * 0x1p-52 }

    /// Standard normal, by Box and Muller.
    mutating func normal() -> Double {
        (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    /// Student's t with 3 degrees of freedom.
    mutating func heavyTailed() -> Double {
        let squares = (0..<3).reduce(0.0) { sum, _ in
            let value = normal()
            return sum + value * value
        }
        return normal() / (squares / 3).squareRoot()
    }

    /// Fair coin flips for canaries whose scores are shifted by `shift` if included.
    mutating func scores(
        canaries: Int, shift: Double = 0, noise: (inout ScoreSource) -> Double = { $0.normal() }
    ) throws -> CanaryScores {
        let canaries = (0..<canaries).map { _ in
            let isIncluded = uniform() < 0.5
            return (score: noise(&self) + (isIncluded ? shift : 0), isIncluded: isIncluded)
        }
        return try CanaryScores(canaries)
    }
}
