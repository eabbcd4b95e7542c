/// A list being built from the top: what is on it and what each candidate is worth next.
struct Placement {
    /// The list so far.
    private(set) var list: [Placed] = []
    /// The app's rules with what the list has used of them.
    var rules: RuleState
    private let pool: CandidatePool
    private let limit: Int
    private let exposure: [Double]
    /// The scores with the exposure's adjustment.
    private let base: [Double]
    private var diversity: DiversityState
    private var mix: CategoryMix?
    /// What each candidate is compared by at the next place.
    private var values: [Double]
    /// The candidates that are neither placed nor barred by a rule, in their order.
    private var free: [Int]

    init(_ options: Reranker, _ pool: CandidatePool, limit: Int, targetMix: [Double]?) {
        self.pool = pool
        self.limit = min(max(limit, 0), pool.count)
        rules = RuleState(options.rules, pool, limit: self.limit)
        let exposure = options.exposure.adjustments(pool)
        self.exposure = exposure
        base = pool.candidates.indices.map { pool.candidates[$0].score + exposure[$0] }
        diversity = DiversityState(options.diversity, pool)
        mix = CategoryMix(options.calibration, target: targetMix, pool)
        values = []
        free = rules.isBarred.indices.filter { [isBarred = rules.isBarred] in !isBarred[$0] }
        list.reserveCapacity(self.limit)
        evaluate()
    }

    /// Whether the list has a place left.
    var isOpen: Bool { list.count < limit }

    /// The candidates that may come next, pinned ones aside, in their order.
    func allowedRows() -> [Int] { rules.narrowed(free, openPlaces: limit - list.count) }

    /// What each of the candidates `rows` is compared by at the next place.
    func values(of rows: [Int]) -> [Double] { rows.map { values[$0] } }

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
        guard isOpen else { return }
        rules.place(row)
        free.removeAll { [isBarred = rules.isBarred] in $0 == row || isBarred[$0] }
        diversity.place(row)
        mix?.place(row)
        evaluate()
    }

    /// Adds up every candidate's value, in the order in which ``Placed/adjustments`` are listed.
    private mutating func evaluate() {
        let diverse = diversity.adjustments
        if let calibrated = mix?.adjustments {
            values = base.indices.map { base[$0] + diverse[$0] + calibrated[$0] }
        } else {
            values = base.indices.map { base[$0] + diverse[$0] }
        }
    }
}
