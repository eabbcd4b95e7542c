/// The likeness of every candidate to the list so far, for ``Diversity/mmr(lambda:)``.
///
/// Each placed item is compared once with every candidate: O(candidates · dimensions) a place.
struct MarginalRelevance {
    /// What is added to each candidate's score: -weight · (greatest cosine to a placed item).
    private(set) var adjustments: [Double]
    private let vectors: UnitVectors
    private let weight: Double
    private var cosines: [Float]
    private var isFirst = true

    init(_ pool: CandidatePool, weight: Double) {
        vectors = UnitVectors(pool.candidates)
        self.weight = weight
        cosines = [Float](repeating: 0, count: pool.count)
        adjustments = [Double](repeating: 0, count: pool.count)
    }

    /// Takes candidate `row` onto the list.
    mutating func place(_ row: Int) {
        vectors.cosines(to: row, into: &cosines)
        if isFirst {
            adjustments = cosines.map { -weight * Double($0) }
        } else {
            adjustments = adjustments.indices.map {
                min(adjustments[$0], -weight * Double(cosines[$0]))
            }
        }
        isFirst = false
    }
}
