internal import Foundation

/// The greedy mode of a determinantal point process, for ``Diversity/determinantal(theta:)``.
///
/// A candidate's gain in log det S is the logarithm of its residual: the diagonal of S less the
/// squared length of its row of the Cholesky factor, which grows by one column with each placed
/// item (algorithm 1 of the paper at ``Diversity``). The quality enters log det L as a plain sum
/// and so stays out of the factor, where exponentials of scores could overflow.
struct DeterminantalProcess {
    /// A residual below this is rounding: the candidate lies in the span of the list. The paper
    /// ends the list there; here such candidates go on by score, with equal penalties.
    private static let smallestResidual = 1e-6

    /// What is added to each candidate's score: weight · log(residual), at most 0.
    private(set) var adjustments: [Double]
    private let vectors: UnitVectors
    private let weight: Double
    private var cosines: [Float]
    private var residuals: [Double]
    /// The columns of the Cholesky factor, each with a row for every candidate.
    private var factor: [[Double]] = []

    init(_ pool: CandidatePool, weight: Double) {
        vectors = UnitVectors(pool.candidates)
        self.weight = weight
        cosines = [Float](repeating: 0, count: pool.count)
        residuals = [Double](repeating: 1, count: pool.count)
        adjustments = [Double](repeating: 0, count: pool.count)
    }

    /// Takes candidate `row` onto the list.
    mutating func place(_ row: Int) {
        // A placed item that adds nothing to the span takes nothing from the others' residuals.
        guard residuals[row] > Self.smallestResidual else { return }
        vectors.cosines(to: row, into: &cosines)
        var column = cosines.map { (1 + Double($0)) / 2 }
        for earlier in factor {
            let coefficient = earlier[row]
            for other in column.indices { column[other] -= coefficient * earlier[other] }
        }
        let scale = 1 / residuals[row].squareRoot()
        for other in column.indices {
            column[other] *= scale
            residuals[other] -= column[other] * column[other]
            adjustments[other] = weight * log(max(residuals[other], Self.smallestResidual))
        }
        factor.append(column)
    }
}
