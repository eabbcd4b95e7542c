/// A row-major matrix of Float32 in a ``TensorMemory``; its gradient lies at the same place.
package struct Tensor: Sendable, Hashable {
    /// The position of the first element.
    package var start: Int
    /// The number of rows.
    package var rows: Int
    /// The number of columns.
    package var columns: Int
    /// The distance of rows, at least `columns`.
    package var stride: Int

    /// A matrix of contiguous rows.
    package init(start: Int, rows: Int, columns: Int) {
        self.init(start: start, rows: rows, columns: columns, stride: columns)
    }

    private init(start: Int, rows: Int, columns: Int, stride: Int) {
        self.start = start
        self.rows = rows
        self.columns = columns
        self.stride = stride
    }

    /// The number of elements.
    package var count: Int { rows * columns }

    /// Whether nothing lies between the rows.
    package var isContiguous: Bool { stride == columns || rows <= 1 }

    /// Where the matrix ends.
    var end: Int { count == 0 ? start : start + (rows - 1) * stride + columns }

    /// Some of the columns, in place.
    package func columns(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns)
        return Tensor(
            start: start + range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }

    /// Some of the rows, in place.
    package func rows(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows)
        return Tensor(
            start: start + range.lowerBound * stride, rows: range.count, columns: columns,
            stride: stride)
    }

    /// The same elements in rows of another length; the matrix is contiguous.
    package func reshaped(columns: Int) -> Tensor {
        precondition(isContiguous && columns > 0 && count % columns == 0)
        return Tensor(start: start, rows: count / columns, columns: columns)
    }
}

/// Numbers of rows in a ``TensorMemory``.
package struct RowNumbers: Sendable, Hashable {
    /// The position of the first.
    package var start: Int
    /// How many.
    package var count: Int

    /// How many runs of rows these divide, as starts with the end of the last behind.
    package var runs: Int { count - 1 }
}
