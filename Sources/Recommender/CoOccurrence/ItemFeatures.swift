/// What is publicly known of the items, as columns of zeros and ones: categories, decades, and each
/// category in each decade.
struct ItemFeatures: Sendable {
    private let matrix: Matrix

    /// The number of columns.
    var count: Int { matrix.columns }

    init(of catalogue: Catalogue) {
        var columnOfCategory: [String: Int] = [:]
        var columnOfDecade: [Int: Int] = [:]
        for category in Set(catalogue.items.flatMap(\.categories)).sorted() {
            columnOfCategory[category] = columnOfCategory.count
        }
        for decade in Set(catalogue.items.compactMap { $0.year.map { $0 / 10 } }).sorted() {
            columnOfDecade[decade] = columnOfDecade.count
        }
        let categories = columnOfCategory.count
        let decades = columnOfDecade.count
        var matrix = Matrix(
            rows: catalogue.count, columns: categories + decades + categories * decades)
        for (row, item) in catalogue.items.enumerated() {
            let decade = item.year.flatMap { columnOfDecade[$0 / 10] }
            if let decade { matrix[row, categories + decade] = 1 }
            for category in item.categories {
                guard let column = columnOfCategory[category] else { continue }
                matrix[row, column] = 1
                if let decade { matrix[row, categories + decades + column * decades + decade] = 1 }
            }
        }
        self.matrix = matrix
    }

    /// An orthonormal basis of the strongest `rank` directions of the features of `items`, each item
    /// weighted with its popularity; fewer columns where the features span less.
    func basis(of items: [Int32], weights: [Float], rank: Int) -> Matrix {
        var weighted = Matrix(rows: items.count, columns: matrix.columns)
        for (row, item) in items.enumerated() {
            let scale = weights[row].squareRoot()
            for column in 0..<matrix.columns {
                weighted[row, column] = matrix[Int(item), column] * scale
            }
        }
        let left = ThinSVD(of: weighted, tolerance: 1e-4).left
        return left.prefix(columns: min(rank, left.columns))
    }
}

extension Matrix {
    /// The first `count` columns.
    func prefix(columns count: Int) -> Matrix {
        var result = Matrix(rows: rows, columns: count)
        for row in 0..<rows {
            result.values.replaceSubrange(
                row * count..<(row + 1) * count, with: self.row(row).prefix(count))
        }
        return result
    }
}
