/// How unlike each other the items of a list should be, by the directions of their embeddings.
///
/// Both methods build the list from the top and weigh an item's score against its likeness to the
/// items above. Scores count in units of their standard deviation over the candidates ("spread").
public enum Diversity: Sendable, Hashable, Codable {
    /// By score alone.
    case none
    /// Maximal marginal relevance: lambda · score / spread - (1 - lambda) · (the greatest cosine
    /// similarity to an item above). `lambda` is from 0.001 to 1 (by score alone); a value beyond
    /// counts as the bound.
    ///
    /// Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering
    /// documents and producing summaries", SIGIR 1998.
    case mmr(lambda: Double = 0.8)
    /// The greedy mode of a determinantal point process: theta · (sum of score / spread) +
    /// (1 - theta) · log det S over the list, where S = (1 + cosine) / 2. `theta` is from 0.001 to
    /// 1 (by score alone); a value beyond counts as the bound.
    ///
    /// Chen, Zhang and Zhou, "Fast greedy MAP inference for determinantal point process to improve
    /// recommendation diversity", NeurIPS 2018: algorithm 1, with the kernel L = q S q of qualities
    /// q = exp(alpha · score / spread), alpha = theta / (2 (1 - theta)).
    case determinantal(theta: Double = 0.8)
}

/// What diversity adds to each candidate's score, as the list grows.
///
/// A method's objective is divided by its weight of the score, which changes no order and leaves
/// the score as it is: value = score + (1 - w) / w · spread · (the method's term).
enum DiversityState {
    case none([Double])
    case mmr(MarginalRelevance)
    case determinantal(DeterminantalProcess)

    init(_ diversity: Diversity, _ pool: CandidatePool) {
        func weight(_ share: Double) -> Double {
            let share = share.bounded(to: 0.001...1, notANumber: 1)
            return (1 - share) / share * pool.spread
        }
        let none = DiversityState.none([Double](repeating: 0, count: pool.count))
        switch diversity {
        case .none:
            self = none
        case .mmr(let lambda):
            let weight = weight(lambda)
            self = weight > 0 ? .mmr(MarginalRelevance(pool, weight: weight)) : none
        case .determinantal(let theta):
            let weight = weight(theta)
            self = weight > 0 ? .determinantal(DeterminantalProcess(pool, weight: weight)) : none
        }
    }

    /// What is added to each candidate's score at the next place.
    var adjustments: [Double] {
        switch self {
        case .none(let zeros): zeros
        case .mmr(let state): state.adjustments
        case .determinantal(let state): state.adjustments
        }
    }

    /// Takes candidate `row` onto the list.
    mutating func place(_ row: Int) {
        switch consume self {
        case .none(let zeros):
            self = .none(zeros)
        case .mmr(var state):
            state.place(row)
            self = .mmr(state)
        case .determinantal(var state):
            state.place(row)
            self = .determinantal(state)
        }
    }
}
