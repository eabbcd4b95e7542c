internal import VectorKernels

/// A dense row-major matrix of Float.
package struct Matrix: Sendable, Hashable {
    /// The number of rows.
    package let rows: Int
    /// The number of columns.
    package let columns: Int
    /// The elements, one row after the other.
    package var values: [Float]

    /// A matrix of the given elements, `rows * columns` of them.
    package init(rows: Int, columns: Int, values: [Float]) {
        precondition(values.count == rows * columns, "a matrix needs rows * columns values")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// A matrix of zeros.
    package init(rows: Int, columns: Int) {
        self.init(
            rows: rows, columns: columns, values: [Float](repeating: 0, count: rows * columns))
    }

    /// The element at a row and a column.
    package subscript(row: Int, column: Int) -> Float {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// The elements of one row.
    package func row(_ index: Int) -> ArraySlice<Float> {
        values[index * columns..<(index + 1) * columns]
    }

    /// The transpose.
    package var transpose: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for row in 0..<rows {
            for column in 0..<columns {
                result.values[column * rows + row] = values[row * columns + column]
            }
        }
        return result
    }

    /// The first `count` rows.
    package func prefix(rows count: Int) -> Matrix {
        Matrix(rows: count, columns: columns, values: Array(values.prefix(count * columns)))
    }

    /// self · other.
    package func times(_ other: Matrix) -> Matrix {
        precondition(columns == other.rows)
        return Matrix(
            rows: rows, columns: other.columns,
            values: Dense.product(
                values, .plain, other.values, .plain, rows: rows, inner: columns,
                columns: other.columns))
    }

    /// selfᵀ · other.
    package func transposeTimes(_ other: Matrix) -> Matrix {
        precondition(rows == other.rows)
        return Matrix(
            rows: columns, columns: other.columns,
            values: Dense.product(
                values, .transposed, other.values, .plain, rows: columns, inner: rows,
                columns: other.columns))
    }

    /// self · otherᵀ.
    package func timesTranspose(_ other: Matrix) -> Matrix {
        precondition(columns == other.columns)
        return Matrix(
            rows: rows, columns: other.rows,
            values: Dense.product(
                values, .plain, other.values, .transposed, rows: rows, inner: columns,
                columns: other.rows))
    }

    /// selfᵀ · self; exactly symmetric.
    package var gram: Matrix { transposeTimes(self) }

    /// The covariance of the columns over all rows, row-major, accumulated in double.
    package var covariance: [Float] {
        guard rows > 0 else { return [Float](repeating: 0, count: columns * columns) }
        let moments = Dense.gram(values, rows: rows, columns: columns)
        var means = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            for column in 0..<columns { means[column] += Double(self[row, column]) }
        }
        for column in 0..<columns { means[column] /= Double(rows) }
        return moments.indices.map {
            Float(moments[$0] / Double(rows) - means[$0 / columns] * means[$0 % columns])
        }
    }
}
