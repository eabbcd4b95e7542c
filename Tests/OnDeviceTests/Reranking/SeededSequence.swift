import OnDevice

/// Reproducible numbers for tests (Steele, Lea and Flood's SplitMix64), counting the draws.
struct SeededSequence: RandomNumberGenerator {
    private var state: UInt64
    private(set) var draws = 0

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        draws += 1
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    /// Candidates of random scores and directions, up to three of five categories, and exposures.
    mutating func makeCandidates(_ count: Int, dimension: Int = 8) -> [Candidate] {
        (0..<count).map { item in
            Candidate(
                item: Int32(item), score: Double.random(in: -2..<5, using: &self),
                vector: (0..<dimension).map { _ in Float.random(in: -1..<1, using: &self) },
                categories: (0..<Int.random(in: 0...3, using: &self)).map { _ in
                    Int.random(in: 0..<5, using: &self)
                },
                exposure: Double.random(in: 0..<4, using: &self))
        }
    }
}

extension Reranker {
    /// Nothing but the scores, unless told otherwise.
    static func plain(
        diversity: Diversity = .none, calibration: Calibration = .none,
        exposure: ExposureDebiasing = .none, exploration: Exploration = .none,
        rules: [BusinessRule] = []
    ) -> Reranker {
        Reranker(
            diversity: diversity, calibration: calibration, exposure: exposure,
            exploration: exploration, rules: rules)
    }

    /// The order in which the candidates are placed.
    func order(
        _ candidates: [Candidate], limit: Int = .max, targetMix: [Double]? = nil, seed: UInt64 = 0
    ) -> [Int] {
        var generator = SeededSequence(seed: seed)
        return rerank(candidates, limit: limit, targetMix: targetMix, using: &generator)
            .map(\.candidate)
    }
}

/// The standard deviation of the scores, the unit of the options' weights.
func spread(of candidates: [Candidate]) -> Double {
    let mean = candidates.reduce(0) { $0 + $1.score } / Double(candidates.count)
    let squares = candidates.reduce(0) { $0 + ($1.score - mean) * ($1.score - mean) }
    return (squares / Double(candidates.count)).squareRoot()
}

/// Repeatedly takes the candidate of the greatest value given those taken before.
func greedily(_ count: Int, of candidates: [Candidate], by value: ([Int], Int) -> Double) -> [Int] {
    var list: [Int] = []
    while list.count < count {
        let rest = candidates.indices.filter { !list.contains($0) }
        let best = rest.max { value(list, $0) < value(list, $1) }
        guard let best else { break }
        list.append(best)
    }
    return list
}
