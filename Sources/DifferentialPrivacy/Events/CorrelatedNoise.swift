internal import Foundation

/// Gaussian noise that is correlated over the rounds of a training, so that sums over many rounds
/// have less of it: the rounds' vectors are multiplied by a lower triangular matrix C, independent
/// noise is added, and the product undone.
public struct CorrelatedNoise: Codable, Sendable, Hashable {
    /// How the noise is correlated.
    public enum Strategy: Codable, Sendable, Hashable {
        /// A binary tree of partial sums over each of several stretches of rounds, in one of which
        /// a user takes part once (Kairouz and others 2021, arXiv 2103.00039, Appendix D); for more
        /// epochs repeat the event.
        case tree(rounds: [Int])
        /// A Toeplitz matrix with these coefficients below the diagonal and on it, not negative and
        /// not increasing: banded, or of any length (Choquette-Choo and others 2023, arXiv
        /// 2306.08153; Kalinin and Lampert 2024, arXiv 2405.13763).
        case toeplitz(coefficients: [Double], rounds: Int)
        /// The same, of a buffered linear Toeplitz matrix: coefficient k is 1 for k = 0, else the
        /// sum of scale * decay^(k - 1) (Dvijotham and others 2024, arXiv 2404.16706).
        case bufferedToeplitz(scales: [Double], decays: [Double], rounds: Int)
    }

    /// In which rounds a user takes part.
    public enum Participation: Codable, Sendable, Hashable {
        /// At most once.
        case single
        /// At most `most` times, at least `separation` rounds apart.
        case separated(separation: Int, most: Int)
        /// In each epoch of `separation` rounds in the round of the user's group, if the user's own
        /// coin with probability `rate` says so; as many rounds apart as the matrix has bands
        /// (Choquette-Choo and others 2023, Theorem 4).
        case cyclicPoisson(separation: Int, rate: Double)
    }

    /// How the noise is correlated.
    public let strategy: Strategy
    /// In which rounds a user takes part.
    public let participation: Participation
    /// The standard deviation of the independent noise, in largest contributions; for
    /// ``Participation/cyclicPoisson(separation:rate:)`` relative to the largest norm of a column
    /// of C as well.
    public let noiseMultiplier: Double

    /// Describes noise; see the properties.
    public init(strategy: Strategy, participation: Participation, noiseMultiplier: Double) {
        self.strategy = strategy
        self.participation = participation
        self.noiseMultiplier = noiseMultiplier
    }

    /// The coefficients of the matrix; empty for a tree.
    public var coefficients: [Double] {
        switch strategy {
        case .tree: []
        case .toeplitz(let coefficients, let rounds): Array(coefficients.prefix(rounds))
        case .bufferedToeplitz(let scales, let decays, let rounds):
            (0..<rounds).map { k in
                k == 0
                    ? 1 : zip(scales, decays).reduce(0) { $0 + $1.0 * pow($1.1, Double(k - 1)) }
            }
        }
    }

    var rounds: Int {
        switch strategy {
        case .tree(let rounds): rounds.reduce(0, +)
        case .toeplitz(_, let rounds), .bufferedToeplitz(_, _, let rounds): rounds
        }
    }

    /// The releases that cost as much as the whole.
    func event() throws(DifferentialPrivacyError) -> PrivacyEvent {
        try validate()
        let square = noiseMultiplier * noiseMultiplier
        switch (strategy, participation) {
        case (.tree(let rounds), .single):
            // A user is in one stretch, and in one node on each level of its tree.
            let depth = rounds.map { ceil(log2(Double($0) + 1)) }.max() ?? 0
            return .gaussian(noiseMultiplier: (square / depth).squareRoot())
        case (_, .single):
            return .gaussian(
                noiseMultiplier: noiseMultiplier / sensitivity(separation: rounds, most: 1))
        case (_, .separated(let separation, let most)):
            return .gaussian(
                noiseMultiplier: noiseMultiplier
                    / sensitivity(separation: separation, most: most))
        case (_, .cyclicPoisson(let separation, let rate)):
            return .repeated(
                .poissonSampled(rate: rate, .gaussian(noiseMultiplier: noiseMultiplier)),
                count: (rounds + separation - 1) / separation)
        }
    }

    /// The largest L2 norm of what one user, with contributions of norm 1, adds to the product with
    /// C. Where the coefficients are neither negative nor increasing, participations as close
    /// together and as early as may be are the worst (Kalinin and Lampert 2024, Theorem 2).
    public func sensitivity(separation: Int, most: Int) -> Double {
        let coefficients = coefficients
        let count = min(most, (rounds + separation - 1) / separation)
        var square = 0.0
        for round in 0..<rounds {
            var sum = 0.0
            for participation in 0..<count {
                let lag = round - participation * separation
                guard lag >= 0 else { break }
                if lag < coefficients.count { sum += coefficients[lag] }
            }
            square += sum * sum
        }
        return square.squareRoot()
    }

    private func validate() throws(DifferentialPrivacyError) {
        try require(
            noiseMultiplier >= 0 && noiseMultiplier.isFinite, "the noise multiplier",
            noiseMultiplier, "at least 0 and finite")
        switch strategy {
        case .tree(let rounds):
            for round in rounds {
                try require(round >= 1, "the rounds under a tree", Double(round), "at least 1")
            }
            try require(!rounds.isEmpty, "the number of trees", 0, "at least 1")
        case .toeplitz(_, let rounds), .bufferedToeplitz(_, _, let rounds):
            try require(
                rounds >= 1 && rounds <= 1 << 20, "the number of rounds", Double(rounds),
                "from 1 to 1048576")
            let coefficients = coefficients
            for (k, value) in coefficients.enumerated() {
                try require(
                    value >= 0 && value <= (k == 0 ? .infinity : coefficients[k - 1]),
                    "coefficient \(k)", value, "neither negative nor above the one before it")
            }
            try require(
                coefficients.first ?? 0 > 0, "coefficient 0", coefficients.first ?? 0, "above 0")
        }
        switch participation {
        case .single: break
        case .separated(let separation, let most):
            try require(separation >= 1, "the separation", Double(separation), "at least 1")
            try require(most >= 1, "the number of participations", Double(most), "at least 1")
        case .cyclicPoisson(let separation, let rate):
            try require(rate >= 0 && rate <= 1, "the sampling rate", rate, "from 0 to 1")
            try require(
                separation >= max(coefficients.count, 1), "the separation", Double(separation),
                "at least the number of bands, \(coefficients.count)")
        }
        if case .tree = strategy, participation != .single {
            throw .unsupported(
                "a tree in which users take part more than once",
                remedy: "start a new tree for every epoch and repeat the event")
        }
    }
}
