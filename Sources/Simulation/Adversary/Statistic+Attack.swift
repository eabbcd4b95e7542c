import Recommender

extension Statistic {
    /// All values times `factor`.
    func scaled(by factor: Double) -> Statistic {
        Statistic(
            rows: rows, width: width, values: values.map { Float(factor) * $0 },
            squaredNorm: factor * factor * squaredNorm)
    }

    /// As long as `norm`, whatever it was; nothing stays nothing.
    func stretched(to norm: Double) -> Statistic {
        let length = squaredNorm.squareRoot()
        guard length > 0, length.isFinite else { return self }
        return scaled(by: norm / length)
    }

    /// What this contribution has beyond another one of the same width.
    func subtracting(_ other: Statistic) -> Statistic {
        precondition(other.width == width || other.rows.isEmpty)
        var (differing, difference) = (rows, values)
        let others = other.values
        let places = Dictionary(
            uniqueKeysWithValues: rows.enumerated().map { ($0.element, $0.offset) })
        for (index, row) in other.rows.enumerated() {
            let values = others[index * width..<(index + 1) * width]
            if let place = places[row] {
                for (column, value) in values.enumerated() {
                    difference[place * width + column] -= value
                }
            } else {
                differing.append(row)
                difference.append(contentsOf: values.map { -$0 })
            }
        }
        return Statistic(rows: differing, width: width, values: difference)
    }
}
