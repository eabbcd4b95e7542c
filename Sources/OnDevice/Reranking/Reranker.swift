/// Turns scored candidates into a list: diverse, near the person's own mix of categories, not the
/// same every time, and within the app's rules.
///
///     let list = Reranker().rerank(candidates, limit: 20, targetMix: mix, using: &generator)
///     for placed in list { show(candidates[placed.candidate].item) }
///
/// In this order:
///
/// 1. Left out are candidates whose score is NaN, infinite or beyond the range of `Float` (it can
///    be neither weighed nor explained), and all but the first of candidates of the same item.
/// 2. ``exposure`` lowers what was shown often, once for the whole list.
/// 3. For each place from the top: a pinned item takes it. Else ``rules`` say which candidates may
///    come there; each has value = score + exposure + ``diversity`` + ``calibration``, the last two
///    given the items above; and ``exploration`` chooses by value, equal values in the order of the
///    candidates.
///
/// All weights are in standard deviations of the candidates' scores, so that scaling or shifting
/// every score changes no list.
public struct Reranker: Sendable, Hashable, Codable {
    /// How unlike each other the items should be; by default a mild ``Diversity/mmr(lambda:)``.
    public var diversity: Diversity
    /// How near the target mix the list should be; by default mildly.
    public var calibration: Calibration
    /// How much repeated showing counts against an item; by default mildly.
    public var exposure: ExposureDebiasing
    /// What is left to chance; by default nothing.
    public var exploration: Exploration
    /// What the app insists on; by default nothing.
    public var rules: [BusinessRule]

    /// A reranker with the given options.
    public init(
        diversity: Diversity = .mmr(), calibration: Calibration = Calibration(),
        exposure: ExposureDebiasing = ExposureDebiasing(), exploration: Exploration = .none,
        rules: [BusinessRule] = []
    ) {
        self.diversity = diversity
        self.calibration = calibration
        self.exposure = exposure
        self.exploration = exploration
        self.rules = rules
    }

    /// The best list of at most `limit` of the candidates, from the top.
    ///
    /// - Parameters:
    ///   - candidates: In any order; may be empty.
    ///   - limit: The greatest length of the list; all usable candidates if there are fewer, and
    ///     none if it is negative.
    ///   - targetMix: The share of each category that the person likes to see, by the category's
    ///     number, on any scale, for example the categories of past choices with recent ones
    ///     weighing more. nil, or nothing over 0, for no calibration.
    ///   - generator: What ``exploration`` draws from; not used by ``Exploration/none``.
    public func rerank(
        _ candidates: [Candidate], limit: Int, targetMix: [Double]? = nil,
        using generator: inout some RandomNumberGenerator
    ) -> [Placed] {
        let pool = CandidatePool(candidates)
        var placement = Placement(self, pool, limit: limit, targetMix: targetMix)
        while placement.isOpen {
            if let row = placement.rules.takePin(at: placement.list.count) {
                placement.place(row, .pinned, propensity: 1)
                continue
            }
            let rows = placement.allowedRows()
            guard !rows.isEmpty else {
                guard let row = placement.rules.takeNextPin() else { break }
                placement.place(row, .pinned, propensity: 1)
                continue
            }
            let (chosen, best, propensity) = exploration.choose(
                among: placement.values(of: rows), spread: pool.spread, using: &generator)
            placement.place(
                rows[chosen], chosen == best ? .best : .explored, propensity: propensity)
        }
        return placement.list
    }
}
