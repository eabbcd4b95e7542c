internal import VectorKernels

extension PublishedModel {
    /// What ranks with this model as the one that training left does, to judge it from outside: a
    /// device's own ranking rule is that of the file.
    ///
    /// - Parameter factorization: The settings of the training, where it was one of a factor model;
    ///   devices then rank with the vectors that training left on them.
    package func ranker(
        of factorization: FederatedMatrixFactorization.Configuration?
    ) -> any Ranker {
        if let factorization, factorization.dimensions == items.dimension {
            return MatrixFactorizationModel(
                itemCount: items.count, items: vectors(width: factorization.width),
                configuration: factorization)
        }
        return network ?? PublishedRanker(self)
    }

    /// The item vectors as training has them: the bias behind the row, where there is one.
    private func vectors(width: Int) -> [Float] {
        var vectors = [Float](repeating: 0, count: items.count * width)
        for item in 0..<items.count {
            let row = items.row(item)
            vectors.replaceSubrange(item * width..<item * width + row.count, with: row)
            if width > row.count { vectors[item * width + row.count] = items.bias(item) }
        }
        return vectors
    }
}

/// Ranks by a published model's rows and priors, with the user embedding of its recency rule: the same
/// scores as those of a ``CoOccurrenceModel``, but for the rounding of its factors.
private struct PublishedRanker: Ranker {
    private let priors: [Float]
    private let weights: RecencyWeights
    /// The items that have rows.
    private let kept: [Int]
    private let places: [Int: Int]
    private let rows: Matrix
    /// What the rows count as pieces of history.
    private let historyRows: Matrix

    init(_ model: PublishedModel) {
        priors = (0..<model.items.count).map(model.items.bias)
        guard case .recency(let rule) = model.rule else {
            (weights, kept, places) = (RecencyWeights(), [], [:])
            (rows, historyRows) = (Matrix(rows: 0, columns: 0), Matrix(rows: 0, columns: 0))
            return
        }
        weights = rule.weights
        kept = priors.indices.filter { rule.itemScales[$0] != 0 }
        places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        let values = kept.map(model.items.row)
        let columns = model.items.dimension
        rows = Matrix(rows: kept.count, columns: columns, values: values.flatMap { $0 })
        historyRows = Matrix(
            rows: kept.count, columns: columns,
            values: zip(kept, values).flatMap { item, row in
                zip(row, rule.spectrum).map { $0 * $1 * rule.itemScales[item] }
            })
    }

    func scores(history: [Interaction], privateParameters: [Float]) -> [Float] {
        var user = [Float](repeating: 0, count: rows.columns)
        for (place, interaction) in history.enumerated() {
            guard let row = places[Int(interaction.item)] else { continue }
            let weight = Float(weights(age: Double(history.count - 1 - place)))
            for (column, value) in historyRows.row(row).enumerated() {
                user[column] += weight * value
            }
        }
        guard user.contains(where: { $0 != 0 }) else { return priors }
        let affinities = rows.times(Matrix(rows: user.count, columns: 1, values: user)).values
        let mean = affinities.reduce(0, +) / Float(affinities.count)
        let variance =
            affinities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(affinities.count)
        let scale = 1 / max(variance.squareRoot(), 1e-9)
        var scores = priors
        for (place, item) in kept.enumerated() { scores[item] += scale * affinities[place] }
        return scores
    }

    var snapshot: Snapshot {
        Snapshot(
            kind: "published ranker",
            tensors: [
                "priors": .init(shape: [priors.count], values: priors),
                "rows": .init(shape: [rows.rows, rows.columns], values: rows.values),
            ])
    }
}
