internal import Foundation

/// What is known of the privacy loss of a single release.
enum ReleaseLosses {
    /// That of a normal distribution against a shifted one: the square of the shift, in standard
    /// deviations.
    case gaussian(Double)
    /// A pair that dominates it, and, unless that is the same, one that a mechanism of the kind
    /// attains.
    case pair(any LossPair, attained: (any LossPair)?)
    /// A bound on the Rényi divergences only, and the square of a shift that a Gaussian mechanism
    /// within that bound has.
    case renyi(RenyiCurve, attained: Double)

    static func pair(_ pair: any LossPair) -> ReleaseLosses { .pair(pair, attained: nil) }

    /// The losses of `release` under `relation`.
    ///
    /// - Throws: ``DifferentialPrivacyError`` for parameters without meaning, and for events that
    ///   no theorem covers.
    init(
        _ release: PrivacyEvent, under relation: NeighbouringRelation
    ) throws(DifferentialPrivacyError) {
        let reach = relation.reach
        switch release {
        case .gaussian(let noise):
            try requireNoise(noise)
            self =
                noise == 0 ? .pair(AtomicPair.disclosure) : .gaussian(reach / noise * reach / noise)
        case .laplace(let noise):
            try requireNoise(noise)
            self =
                noise == 0
                ? .pair(AtomicPair.disclosure) : .pair(LaplacePair(scale: noise / reach, rate: 1))
        case .discreteGaussian, .discreteLaplace, .randomizedResponse:
            self = .pair(try AtomicPair(release, under: relation))
        case .skellam(let variance, let l1, let l2):
            self = try Self.skellam(variance, l1: l1 * reach, l2: l2 * reach)
        case .distributed(let noise):
            try noise.validate()
            guard relation == .zeroOutOne else {
                throw .neighbouringMismatch(expected: relation, actual: .zeroOutOne)
            }
            self = .renyi(
                RenyiCurve(rho: try noise.rho, xi: 0, orders: noise.distribution.renyiOrders),
                attained: 0)
        case .concentrated(let rho, let xi, let own, let orders):
            guard own == relation else {
                throw .neighbouringMismatch(expected: relation, actual: own)
            }
            try requireConcentrated(rho: rho, xi: xi)
            self = .renyi(RenyiCurve(rho: rho, xi: xi, orders: orders), attained: 2 * rho)
        case .poissonSampled(let rate, let event):
            self = try Self.sampled(event, rate: rate, relation)
        case .truncatedPoissonSampled(let rate, let population, let largest, let noise):
            self = try Self.truncated(
                rate: rate, population: population, largest: largest, noise: noise, relation)
        case .fixedSizeSampled(let size, let population, let withReplacement, let noise):
            self = try Self.fixedSize(
                size, population, withReplacement: withReplacement, noise: noise, relation)
        case .contributions(let counts, let probabilities, let noise):
            self = .pair(
                try Self.contributions(counts, probabilities, noise: noise, relation))
        case .shuffled(let users, let localEpsilon):
            try requireReplacement(relation, "shuffled reports")
            try require(
                users >= 1 && users <= 1 << 30, "the number of users", Double(users),
                "at least 1 and below 2^30")
            try require(
                localEpsilon >= 0 && localEpsilon <= 50, "the local epsilon", localEpsilon,
                "from 0 to 50")
            self = .pair(
                AtomicPair(shuffled: users, localEpsilon: localEpsilon, raising: true),
                attained: AtomicPair(losses: [0], masses: [1], isSymmetric: true))
        case .correlated, .repeated, .composed, .parallel:
            throw .unsupported(
                "a nested event in place of a single release",
                remedy: "sample or shuffle single releases, and compose the results")
        }
    }

    private static func skellam(
        _ variance: Double, l1: Double, l2: Double
    ) throws(DifferentialPrivacyError) -> ReleaseLosses {
        try require(
            variance > 0 && variance <= 1e9, "the variance", variance, "above 0 and at most 1e9")
        try require(l1 >= 0 && l1.isFinite, "the L1 sensitivity", l1, "at least 0 and finite")
        try require(
            l2 >= 0 && l2 <= l1 && l1 <= l2 * l2 + 1e-9, "the L2 sensitivity", l2,
            "at most the L1 sensitivity, and its square no less: moves are whole numbers")
        if l1 == 0 { return .gaussian(0) }
        if l1 == l2, l1 == l1.rounded(), l1 <= 0x1p20 {
            let logarithms = AtomicPair.skellamLogarithms(variance: variance)
            return .pair(
                AtomicPair(sensitivity: Int(l1), step: nil) {
                    $0 < logarithms.count ? logarithms[$0] : -.infinity
                })
        }
        let shift = SkellamShift(l1: l1, l2: l2, variance: variance)
        return .renyi(RenyiCurve(rho: shift.rho, xi: 0, orders: .integer), attained: 0)
    }

    private static func sampled(
        _ event: PrivacyEvent, rate: Double, _ relation: NeighbouringRelation
    ) throws(DifferentialPrivacyError) -> ReleaseLosses {
        if relation == .replaceOne {
            guard case .gaussian(let noise) = event, noise > 0 else {
                throw .unsupported(
                    "Poisson sampling under \(relation.rawValue) of other than Gaussian noise",
                    remedy: "account for addition or removal, and double for a replacement")
            }
            try requireNoise(noise)
            // Contributions at opposite ends (Lebeda, Regehr, Kamath and Steinke 2024, arXiv
            // 2405.20769, Section 6).
            let weights = [1 - rate, rate]
            return .pair(
                GaussianMixturePair(
                    upper: GaussianMixture(weights: weights, means: [0, 1 / noise]),
                    lower: GaussianMixture(weights: weights, means: [0, -1 / noise]),
                    isSymmetric: true))
        }
        switch event {
        case .gaussian(let noise):
            try requireNoise(noise)
            return .pair(
                noise == 0
                    ? AtomicPair.disclosure.sampled(rate: rate)
                    : GaussianMixturePair(noiseMultiplier: noise, rate: rate))
        case .laplace(let noise):
            try requireNoise(noise)
            return .pair(
                noise == 0
                    ? AtomicPair.disclosure.sampled(rate: rate)
                    : LaplacePair(scale: noise, rate: rate))
        case .discreteGaussian, .discreteLaplace:
            return .pair(try AtomicPair(event, under: relation).sampled(rate: rate))
        case .skellam(let variance, let l1, let l2):
            if case .pair(let pair as AtomicPair, nil) = try skellam(variance, l1: l1, l2: l2) {
                return .pair(pair.sampled(rate: rate))
            }
            return try amplified(.init(event, under: relation), rate: rate)
        case .distributed, .concentrated:
            return try amplified(.init(event, under: relation), rate: rate)
        default:
            throw .unsupported(
                "a Poisson sample of that event",
                remedy: "sample a single release of noise, and compose the results")
        }
    }

    private static func amplified(
        _ losses: ReleaseLosses, rate: Double
    ) throws(DifferentialPrivacyError) -> ReleaseLosses {
        guard case .renyi(let curve, _) = losses, curve.xi == 0 else {
            throw .unsupported(
                "a Poisson sample of (xi, rho)-zCDP with xi above 0",
                remedy: "account for it without the sample")
        }
        var result = curve
        result.amplification = PoissonAmplification(rate: rate, rho: curve.rho)
        return .renyi(result, attained: 0)
    }

    /// The two cases of how many of the others are drawn: they leave room, or a user displaces one
    /// of them. The first is Poisson sampling; in the second a user who is kept, with the
    /// probability below, is exchanged for another (arXiv 2508.15089; the relation does not matter
    /// then).
    private static func truncated(
        rate: Double, population: Int, largest: Int, noise: Double, _ relation: NeighbouringRelation
    ) throws(DifferentialPrivacyError) -> ReleaseLosses {
        try require(rate >= 0 && rate <= 1, "the sampling rate", rate, "from 0 to 1")
        try require(
            population >= 1 && population <= 1 << 30, "the population", Double(population),
            "from 1 to 2^30")
        try require(
            largest >= 1 && largest <= population, "the largest sample", Double(largest),
            "from 1 to the population")
        try require(
            noise > 0 && noise.isFinite, "the noise multiplier", noise, "above 0 and finite")
        let full = binomialTail(trials: population - 1, probability: rate, from: largest)
        let more = binomialTail(trials: population, probability: rate, from: largest + 1)
        let kept =
            full > 0 ? min(1, more * Double(largest) / Double(population) / full) : 0
        let reach = relation.reach
        let room: any LossPair
        if reach == 2 {
            let weights = [1 - rate, rate]
            room = GaussianMixturePair(
                upper: GaussianMixture(weights: weights, means: [0, 1 / noise]),
                lower: GaussianMixture(weights: weights, means: [0, -1 / noise]),
                isSymmetric: true)
        } else {
            room = GaussianMixturePair(noiseMultiplier: noise, rate: rate)
        }
        let displaced = GaussianMixturePair(
            upper: GaussianMixture(weights: [1 - kept, kept], means: [0, 2 / noise]),
            lower: GaussianMixture(weights: [1 - kept, kept], means: [0, -2 / noise]),
            isSymmetric: true)
        // Attained where the others contribute nothing, or all the same.
        let inSample = (1 - full) * rate + full * kept
        return .pair(
            MixedPair(parts: [(1 - full, room), (full, displaced)].filter { $0.0 > 0 }),
            attained: GaussianMixturePair(noiseMultiplier: noise / reach, rate: min(inSample, 1)))
    }

    private static func fixedSize(
        _ size: Int, _ population: Int, withReplacement: Bool, noise: Double,
        _ relation: NeighbouringRelation
    ) throws(DifferentialPrivacyError) -> ReleaseLosses {
        try requireReplacement(relation, "a sample of fixed size")
        try require(
            population >= 1 && population <= 1 << 30, "the population", Double(population),
            "from 1 to 2^30")
        try require(
            size >= 1 && (withReplacement || size <= population) && size <= 1 << 30,
            "the sample's size", Double(size),
            withReplacement ? "at least 1" : "from 1 to the population")
        try require(
            size / population < 64, "the sample's size", Double(size),
            "below 64 times the population")
        try requireNoise(noise)
        let share = 1 / Double(population)
        if noise == 0 {
            let rate =
                withReplacement ? -expm1(Double(size) * log1p(-share)) : Double(size) * share
            return .pair(AtomicPair.disclosure.sampled(rate: rate))
        }
        guard withReplacement else {
            let rate = Double(size) * share
            if rate == 1 { return .gaussian(relation.reach / noise * relation.reach / noise) }
            // Without the user, another is in the sample: even to blank a user is to replace one.
            return .pair(
                FixedSizePair(rate: rate, shifts: [(1, 2 / noise)]),
                attained: GaussianMixturePair(noiseMultiplier: noise / relation.reach, rate: rate))
        }
        // How often the user is drawn, as far as that is likelier than 1e-40.
        let rate = population == 1 ? 1 : -expm1(Double(size) * log1p(-share))
        var counts: [Double] = []
        var probabilities: [Double] = []
        for k in 0...min(size, 4096) {
            let logarithm =
                population == 1
                ? (k == size ? 0 : -.infinity) : logBinomial(k, trials: size, probability: share)
            if logarithm < -120, Double(k) > Double(size) * share { break }
            counts.append(Double(k))
            probabilities.append(exp(logarithm))
        }
        let shifts = zip(counts, probabilities).dropFirst().map { ($1 / rate, $0 * 2 / noise) }
        return .pair(
            FixedSizePair(rate: rate, shifts: shifts),
            attained: GaussianMixturePair(
                noiseMultiplier: noise / relation.reach, probabilities: probabilities,
                counts: counts))
    }

    private static func contributions(
        _ counts: [Int], _ probabilities: [Double], noise: Double, _ relation: NeighbouringRelation
    ) throws(DifferentialPrivacyError) -> GaussianMixturePair {
        try require(
            noise > 0 && noise.isFinite, "the noise multiplier", noise, "above 0 and finite")
        try require(
            counts.count == probabilities.count && !counts.isEmpty,
            "the number of probabilities", Double(probabilities.count),
            "that of the counts, \(counts.count), and at least 1")
        for (count, probability) in zip(counts, probabilities) {
            try require(count >= 0, "a count of contributions", Double(count), "at least 0")
            try require(probability >= 0, "a probability", probability, "at least 0")
        }
        let total = probabilities.reduce(0, +)
        try require(abs(total - 1) < 1e-9, "the sum of the probabilities", total, "1")
        guard relation != .replaceOne else {
            throw .unsupported(
                "several contributions of a user under \(relation.rawValue)",
                remedy: "account for addition or removal")
        }
        let likely = zip(counts, probabilities).filter { $0.1 > 1e-40 }
        return GaussianMixturePair(
            noiseMultiplier: noise, probabilities: likely.map { $0.1 / total },
            counts: likely.map { Double($0.0) })
    }
}

extension AtomicPair {
    /// A release without any noise.
    static var disclosure: AtomicPair {
        AtomicPair(losses: [0], masses: [0], infinite: 1, unmatched: 1, isSymmetric: true)
    }

    /// Discrete noise on one number.
    init(
        _ release: PrivacyEvent, under relation: NeighbouringRelation
    ) throws(DifferentialPrivacyError) {
        let reach = Int(relation.reach)
        switch release {
        case .discreteGaussian(let variance, let sensitivity):
            try require(
                variance > 0 && variance <= 1e10, "the variance", variance,
                "above 0 and at most 1e10")
            try require(
                sensitivity >= 0 && sensitivity <= 1 << 20, "the sensitivity", Double(sensitivity),
                "from 0 to 1048576")
            let shift = sensitivity * reach
            if shift == 0 {
                self.init(losses: [0], masses: [1], isSymmetric: true)
                return
            }
            self.init(sensitivity: shift, step: Double(shift) / (2 * variance)) {
                -Double($0) * Double($0) / (2 * variance)
            }
        case .discreteLaplace(let rate, let sensitivity):
            try require(rate > 0 && rate <= 700, "the rate", rate, "above 0 and at most 700")
            try require(
                sensitivity >= 1 && sensitivity <= 1 << 20, "the sensitivity", Double(sensitivity),
                "from 1 to 1048576")
            self.init(discreteLaplace: rate, sensitivity: sensitivity * reach)
        case .randomizedResponse(let noise, let buckets):
            try requireReplacement(relation, "randomised response")
            try require(noise >= 0 && noise <= 1, "the noise", noise, "from 0 to 1")
            try require(buckets >= 2, "the number of values", Double(buckets), "at least 2")
            if noise == 0 {
                self = .disclosure
            } else if noise == 1 {
                self.init(losses: [0], masses: [1], isSymmetric: true)
            } else {
                self.init(randomizedResponse: noise, buckets: buckets)
            }
        default:
            self.init(losses: [0], masses: [1], isSymmetric: true)
        }
    }
}

/// P(X >= from) of a binomial variable, to about 12 digits.
private func binomialTail(trials: Int, probability: Double, from: Int) -> Double {
    guard from <= trials else { return 0 }
    if from <= 0 || probability == 1 { return 1 }
    if probability == 0 { return 0 }
    var sum = 0.0
    for k in from...trials {
        let term = exp(logBinomial(k, trials: trials, probability: probability))
        sum += term
        if Double(k) > Double(trials) * probability, term < sum * 1e-18 { break }
    }
    return min(sum, 1)
}

private func requireNoise(_ value: Double) throws(DifferentialPrivacyError) {
    try require(
        value >= 0 && value.isFinite, "the noise multiplier", value, "at least 0 and finite")
}

private func requireConcentrated(rho: Double, xi: Double) throws(DifferentialPrivacyError) {
    try require(rho >= 0 && rho.isFinite, "rho", rho, "at least 0 and finite")
    try require(xi >= 0 && xi.isFinite, "xi", xi, "at least 0 and finite")
}

private func requireReplacement(
    _ relation: NeighbouringRelation, _ event: String
) throws(DifferentialPrivacyError) {
    guard relation != .addOrRemoveOne else {
        throw .unsupported(
            "\(event) under \(relation.rawValue), which changes the number of users",
            remedy: "account for the replacement or the zero-out of one user")
    }
}
