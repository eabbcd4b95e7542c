internal import Foundation
internal import VectorKernels

/// The windowed co-occurrence matrix T_u of one device over the kept items, sparse, scaled to a
/// Frobenius norm of 1: 1 on the diagonal for each distinct item, exp(-(gap - 1) / window) off it,
/// added up over all pairs of events at most four windows apart.
struct LocalCoOccurrence {
    /// The kept items in the history, each once, in order of first appearance.
    let items: [Int32]
    /// Where each row of the matrix begins in `columns` and `weights`; one more at the end.
    private let starts: [Int32]
    /// Positions in `items`.
    private let columns: [Int32]
    private let weights: [Float]

    /// - Parameter history: The kept positions of the history's items, oldest first.
    init(history: [Int32], window: Double) {
        var items: [Int32] = []
        var local: [Int32: Int32] = [:]
        let sequence = history.map { item in
            if let known = local[item] { return known }
            let position = Int32(items.count)
            local[item] = position
            items.append(item)
            return position
        }
        let reach = min(Int(4 * window), max(sequence.count - 1, 0))
        let decay = (0...reach).map { Float(exp(-Double($0 - 1) / window)) }
        var occurrences = [[Int]](repeating: [], count: items.count)
        for (place, item) in sequence.enumerated() { occurrences[Int(item)].append(place) }

        var starts: [Int32] = [0]
        var columns: [Int32] = []
        var weights: [Float] = []
        var row = [Float](repeating: 0, count: items.count)
        for item in items.indices {
            var touched: [Int32] = [Int32(item)]
            row[item] = 1
            for place in occurrences[item] {
                for other in max(0, place - reach)...min(sequence.count - 1, place + reach) {
                    let column = Int(sequence[other])
                    guard column != item else { continue }
                    if row[column] == 0 { touched.append(Int32(column)) }
                    row[column] += decay[abs(other - place)]
                }
            }
            for column in touched {
                columns.append(column)
                weights.append(row[Int(column)])
                row[Int(column)] = 0
            }
            starts.append(Int32(columns.count))
        }
        let norm = Float(VectorNorm.squared(weights).squareRoot())
        if norm > 0 { for index in weights.indices { weights[index] /= norm } }
        self.items = items
        self.starts = starts
        self.columns = columns
        self.weights = weights
    }

    /// T_u V, a row for each of ``items``; `basis` holds a row of V for each kept item.
    func times(_ basis: Matrix) -> Matrix {
        let local = gather(basis)
        return Matrix(
            rows: items.count, columns: basis.columns,
            values: SparseRows.product(
                starts: starts, columns: columns, weights: weights, dense: local.values,
                width: basis.columns))
    }

    /// V^T T_u V, symmetric.
    func projected(on basis: Matrix) -> Matrix { gather(basis).transposeTimes(times(basis)) }

    /// The rows of V that belong to ``items``.
    private func gather(_ basis: Matrix) -> Matrix {
        var values: [Float] = []
        values.reserveCapacity(items.count * basis.columns)
        for item in items { values.append(contentsOf: basis.row(Int(item))) }
        return Matrix(rows: items.count, columns: basis.columns, values: values)
    }

    /// The upper triangle over `size` kept items, row by row, as sparse coordinates; entries off the
    /// diagonal are multiplied by sqrt 2, which keeps the norm.
    func upperTriangle(size: Int) -> Statistic {
        var (rows, values): ([Int32], [Float]) = ([], [])
        for row in items.indices {
            for index in Int(starts[row])..<Int(starts[row + 1]) {
                let column = Int(columns[index])
                let (i, j) = (Int(items[row]), Int(items[column]))
                guard i <= j else { continue }
                rows.append(Int32(UpperTriangle.position(i, j, order: size)))
                values.append(weights[index] * (i == j ? 1 : Float(2).squareRoot()))
            }
        }
        return Statistic(rows: rows, width: 1, values: values)
    }
}

/// Symmetric matrices as the vector of their upper triangle, row by row, entries off the diagonal
/// multiplied by sqrt 2: the Euclidean norm of the vector is the Frobenius norm of the matrix.
enum UpperTriangle {
    /// The number of entries.
    static func count(order: Int) -> Int { order * (order + 1) / 2 }

    /// Where the entry in row `i` and column `j` >= `i` stands.
    static func position(_ i: Int, _ j: Int, order: Int) -> Int {
        i * order - i * (i - 1) / 2 + (j - i)
    }

    /// The vector of a symmetric matrix.
    static func vector(of matrix: Matrix) -> [Float] {
        var vector: [Float] = []
        vector.reserveCapacity(count(order: matrix.rows))
        for i in 0..<matrix.rows {
            for j in i..<matrix.rows {
                vector.append(matrix[i, j] * (i == j ? 1 : Float(2).squareRoot()))
            }
        }
        return vector
    }

    /// The symmetric matrix of a vector.
    static func matrix(of vector: [Float], order: Int) -> Matrix {
        var matrix = Matrix(rows: order, columns: order)
        var position = 0
        for i in 0..<order {
            for j in i..<order {
                let value = vector[position] / (i == j ? 1 : Float(2).squareRoot())
                matrix[i, j] = value
                matrix[j, i] = value
                position += 1
            }
        }
        return matrix
    }
}
