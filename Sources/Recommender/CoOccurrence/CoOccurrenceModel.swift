internal import Foundation
internal import VectorKernels

/// Item embeddings from co-occurrence, and the device's way to rank with them: a user embedding that is
/// the recency-weighted sum of the history's items, affinity to each item standardised by the device's
/// own spread, and the popularity prior.
public struct CoOccurrenceModel: DeviceModel {
    private static let kind = "co-occurrence"

    /// How the device ranks.
    public let ranking: CoOccurrenceRanking
    private let itemCount: Int
    private let prior: [Float]
    private let popularity: [Float]
    private let kept: [Int32]
    private let placeOfItem: [Int32]
    private let spectral: SpectralModel
    /// Rows by which history items enter the user embedding, and by which candidates meet it.
    private let historyRows: Matrix
    private let candidateRows: Matrix

    /// - Parameters:
    ///   - popularity: The noisy popularity of every item of the catalogue, above 0.
    ///   - kept: The items with embeddings.
    ///   - spectral: Their embeddings.
    ///   - ranking: How the device ranks.
    init(
        popularity: [Float], kept: [Int32], spectral: SpectralModel, ranking: CoOccurrenceRanking
    ) {
        self.ranking = ranking
        self.popularity = popularity
        self.kept = kept
        self.spectral = spectral
        itemCount = popularity.count
        prior = popularity.map { Float(ranking.popularityWeight * log(Double($0))) }
        var placeOfItem = [Int32](repeating: -1, count: popularity.count)
        for (place, item) in kept.enumerated() { placeOfItem[Int(item)] = Int32(place) }
        self.placeOfItem = placeOfItem
        var historyRows = spectral.embeddings
        var candidateRows = spectral.embeddings
        for (place, item) in kept.enumerated() {
            let count = Double(popularity[Int(item)])
            let history = Float(pow(count, -ranking.historyExponent))
            let candidate = Float(pow(count, -ranking.itemExponent))
            for column in 0..<spectral.embeddings.columns {
                historyRows[place, column] *= spectral.spectrum[column] * history
                candidateRows[place, column] *= candidate
            }
        }
        self.historyRows = historyRows
        self.candidateRows = candidateRows
    }

    /// Affinity to each item, standardised, and the popularity prior.
    public func scores(history: [Interaction], privateParameters: [Float]) -> [Float] {
        var scores = prior
        let user = userEmbedding(of: history)
        guard user.contains(where: { $0 != 0 }) else { return scores }
        let affinities = candidateRows.times(Matrix(rows: user.count, columns: 1, values: user))
            .values
        let mean = affinities.reduce(0, +) / Float(affinities.count)
        let variance =
            affinities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(affinities.count)
        let scale = 1 / max(variance.squareRoot(), 1e-9)
        for (place, item) in kept.enumerated() { scores[Int(item)] += scale * affinities[place] }
        return scores
    }

    /// The device's user embedding: its whole history, the newest event at age 0.
    private func userEmbedding(of history: [Interaction]) -> [Float] {
        var user = [Float](repeating: 0, count: historyRows.columns)
        for (place, interaction) in history.enumerated() {
            let row = placeOfItem[Int(interaction.item)]
            guard row >= 0 else { continue }
            let age = Double(history.count - 1 - place)
            let weight = Float(ranking.weights(age: age))
            for (column, value) in historyRows.row(Int(row)).enumerated() {
                user[column] += weight * value
            }
        }
        return user
    }

    /// The model as it is published.
    public var snapshot: Snapshot {
        Snapshot(
            kind: Self.kind,
            attributes: [
                "decay": "\(ranking.weights.decay)",
                "slowWeight": "\(ranking.weights.slowWeight)",
                "slowDecay": "\(ranking.weights.slowDecay)",
                "historyExponent": "\(ranking.historyExponent)",
                "itemExponent": "\(ranking.itemExponent)",
                "popularityWeight": "\(ranking.popularityWeight)",
            ],
            tensors: [
                "popularity": .init(shape: [itemCount], values: popularity),
                "items": .init(shape: [kept.count], values: kept.map { Float($0) }),
                "embeddings": .init(
                    shape: [kept.count, spectral.embeddings.columns],
                    values: spectral.embeddings.values),
                "spectrum": .init(
                    shape: [spectral.embeddings.columns], values: spectral.spectrum),
            ])
    }

    /// Candidate rows with the popularity prior; history rows differ from them by the spectrum and a
    /// power of popularity.
    public var content: RankingContent {
        // Before anything is trained there is no column; a table has one at least.
        let columns = max(1, candidateRows.columns)
        var rows = [Float](repeating: 0, count: itemCount * columns)
        var itemScales = [Float](repeating: 0, count: itemCount)
        for (place, item) in kept.enumerated() {
            let start = Int(item) * columns
            for (column, value) in candidateRows.row(place).enumerated() {
                rows[start + column] = value
            }
            itemScales[Int(item)] = Float(
                pow(Double(popularity[Int(item)]), ranking.itemExponent - ranking.historyExponent))
        }
        return RankingContent(
            dimensions: columns, rows: rows, priors: prior,
            rule: .recency(
                RecencyRule(
                    weights: ranking.weights,
                    spectrum: candidateRows.columns == 0 ? [0] : spectral.spectrum,
                    itemScales: itemScales,
                    covariance: candidateRows.columns == 0 ? [0] : candidateRows.covariance)))
    }
}
