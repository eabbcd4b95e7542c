internal import Foundation

/// A bound on |E exp(itL)| for all t from some t on, from intervals of losses in which the density
/// nowhere falls below a floor: the loss is a mixture of uniform distributions on the intervals,
/// each of mass floor * width, with something else.
struct CharacteristicDecay: Sendable {
    /// Increasing losses, and a lower bound on the density between each of them and the next.
    private var losses: [Double] = []
    private var floors: [Double] = []
    /// The parts of a mixture, and their shares.
    private var parts: [(share: Double, decay: CharacteristicDecay)] = []

    /// The variance of the loss, from below, and the mean fourth power of the difference of two
    /// such losses, from above.
    private var spread: (variance: Double, fourth: Double)?

    /// No bound below 1.
    init() {}

    /// The same with what the moments of a rule imply near 0: |E exp(itL)|^2 is the mean of
    /// cos(tD), D the difference of two losses, and cos x <= 1 - x^2 / 2 + x^4 / 24.
    func with(momentsOf rule: LossQuadrature) -> CharacteristicDecay {
        var mean = 0.0
        for index in rule.losses.indices { mean += rule.weights[index] * rule.losses[index] }
        var (second, fourth) = (0.0, 0.0)
        for index in rule.losses.indices {
            let square = (rule.losses[index] - mean) * (rule.losses[index] - mean)
            second += rule.weights[index] * square
            fourth += rule.weights[index] * square * square
        }
        var result = self
        result.spread = (
            second * (1 - 1e-9), (2 * fourth + 6 * second * second) * (1 + 1e-9)
        )
        return result
    }

    /// The decay of a mixture.
    init(parts: [(share: Double, decay: CharacteristicDecay)]) { self.parts = parts }

    /// - Parameters:
    ///   - losses: Increasing.
    ///   - floors: A lower bound on the density between each of them and the next.
    init(losses: [Double], floors: [Double]) {
        (self.losses, self.floors) = (losses, floors)
        // Pairs of intervals become one where there are many.
        while self.floors.count > 64 {
            let count = self.floors.count / 2
            self.losses = (0...count).map { self.losses[2 * $0] }
            self.floors = (0..<count).map { min(self.floors[2 * $0], self.floors[2 * $0 + 1]) }
        }
    }

    /// An upper bound on ln |E exp(isL)| for every s >= `t`.
    func logBound(from t: Double) -> Double {
        var least =
            parts.isEmpty ? 1 : parts.reduce(0) { $0 + $1.share * exp($1.decay.logBound(from: t)) }
        // Neighbouring intervals may be taken together, with the least of their floors; `best` is
        // the most that the intervals up to one can take off, over all ways to group them.
        var best = [Double](repeating: 0, count: floors.count + 1)
        for end in floors.indices {
            var floor = Double.infinity
            for start in stride(from: end, through: 0, by: -1) {
                floor = min(floor, floors[start])
                if floor == 0 { break }
                let width = losses[end + 1] - losses[start]
                let lost = floor * width * (1 - Self.envelope(t * width / 2))
                best[end + 1] = max(best[end + 1], best[start] + lost)
            }
            best[end + 1] = max(best[end + 1], best[end])
        }
        least = min(least, 1 - best[floors.count] * (1 - 1e-12))
        return log(max(least, 1e-300))
    }

    /// An upper bound on ln |E exp(isL)| for s from `a` to `b`.
    func logBound(from a: Double, to b: Double) -> Double {
        let far = logBound(from: a)
        guard let spread, b.isFinite else { return far }
        // Convex in s^2, so largest at an end.
        let squares = [a, b].map { s in
            1 - s * s * spread.variance + s * s * s * s * spread.fourth / 24
        }
        return min(far, log(max(squares[0], squares[1], 1e-300)) / 2)
    }

    /// A decreasing function that is nowhere below |sin y / y|.
    private static func envelope(_ y: Double) -> Double {
        let square = y * y
        return y < 2 ? max(0.5, 1 - square / 6 * (1 - square / 20)) : 1 / y
    }
}
