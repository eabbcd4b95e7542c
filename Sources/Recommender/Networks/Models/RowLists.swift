import Learning
import VectorKernels

/// Lists of rows of a table, one for each example, of which sums or means are wanted: the sparse
/// input of a dense layer, without the multiplications by zero.
///
/// Rows of negative numbers count as zeros, and so does a list that is empty.
struct RowLists {
    private let rows: RowNumbers
    private let runs: RowNumbers
    private let counts: [Int]

    init(_ lists: [some Collection<Int32>], on tape: Tape) {
        var (rows, counts): ([Int32], [Int]) = ([], [])
        for list in lists {
            if list.isEmpty { rows.append(-1) } else { rows.append(contentsOf: list) }
            counts.append(max(1, list.count))
        }
        self.counts = counts
        self.rows = tape.keep(rows)
        runs = tape.runs(ofLengths: counts)
    }

    /// The rows themselves, list after list.
    func vectors(of table: Parameter, on tape: Tape) -> Tensor {
        tape.embedding(rows, of: table)
    }

    /// The rows of a matrix, list after list.
    func vectors(of matrix: Tensor, on tape: Tape) -> Tensor { tape.take(rows, of: matrix) }

    /// The mean of each list's rows.
    func means(of table: Parameter, on tape: Tape) -> Tensor {
        means(ofVectors: vectors(of: table, on: tape), on: tape)
    }

    /// The mean of each list's vectors.
    func means(ofVectors vectors: Tensor, on tape: Tape) -> Tensor {
        tape.mean(vectors, runs: runs)
    }

    /// The mean of each list's vectors, weighted by the softmax of their scores.
    func means(ofVectors vectors: Tensor, scores: Tensor, on tape: Tape) -> Tensor {
        tape.pooled(vectors, scores: scores, runs: runs)
    }

    /// The sum of each list's rows, times the list's factor.
    func sums(of table: Parameter, factors: [Float], on tape: Tape) -> Tensor {
        let means = means(of: table, on: tape)
        let scales = zip(factors, counts).flatMap {
            repeatElement($0 * Float($1), count: means.columns)
        }
        return tape.product(means, tape.constant(scales, columns: means.columns))
    }
}
