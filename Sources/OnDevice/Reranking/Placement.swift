/// A list being built from the top: what is on it and what each candidate is worth next.
struct Placement {
    /// The list so far.
    private(set) var list: [Placed] = []
    /// The app's rules with what the list has used of them.
    var rules: RuleState
    private let pool: CandidatePool
    private let limit: Int
    private let exposure: [Double]
    private var diversity: DiversityState
    private var mix: CategoryMix?
    /// What each candidate is compared by at the next place.
    private var values: [Double]
    private var isPlaced: [Bool]

    init(_ options: Reranker, _ pool: CandidatePool, limit: Int, targetMix: [Double]?) {
        self.pool = pool
        self.limit = min(max(limit, 0), pool.count)
        rules = RuleState(options.rules, pool, limit: self.limit)
        exposure = options.exposure.adjustments(pool)
        diversity = DiversityState(options.diversity, pool)
        mix = CategoryMix(options.calibration, target: targetMix, pool)
        values = pool.candidates.map(\.score)
        isPlaced = [Bool](repeating: false, count: pool.count)
        list.reserveCapacity(self.limit)
        evaluate()
    }

    /// Whether the list has a place left.
    var isOpen: Bool { list.count < limit }

    /// What candidate `row` is compared by at the next place.
    func value(_ row: Int) -> Double { values[row] }

    /// The candidates that may come next, pinned ones aside, in their order.
    func allowedRows() -> [Int] {
        let free = isPlaced.indices.filter { !isPlaced[$0] && !rules.isBarred[$0] }
        return rules.narrowed(free, openPlaces: limit - list.count)
    }

    /// Puts candidate `row` at the next place.
    mutating func place(_ row: Int, _ choice: Placed.Choice, propensity: Double) {
        let parts: [(Placed.Adjustment.Source, Double)] = [
            (.exposure, exposure[row]), (.diversity, diversity.adjustments[row]),
            (.calibration, mix?.adjustments[row] ?? 0),
        ]
        let adjustments = parts.compactMap { source, amount in
            amount == 0 ? nil : Placed.Adjustment(source: source, amount: amount)
        }
        list.append(
            Placed(
                candidate: pool.positions[row], score: pool.candidates[row].score,
                adjustments: adjustments, value: values[row], choice: choice,
                propensity: propensity))
        isPlaced[row] = true
        guard isOpen else { return }
        rules.place(row)
        diversity.place(row)
        mix?.place(row)
        evaluate()
    }

    /// Adds up every candidate's value, in the order in which ``Placed/adjustments`` are listed.
    private mutating func evaluate() {
        let diverse = diversity.adjustments
        for row in values.indices {
            values[row] = pool.candidates[row].score + exposure[row] + diverse[row]
        }
        guard let calibrated = mix?.adjustments else { return }
        for row in values.indices { values[row] += calibrated[row] }
    }
}
