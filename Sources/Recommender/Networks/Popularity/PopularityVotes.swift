internal import Foundation

/// What private sums say of popularity so far.
struct PopularityVotes: Sendable {
    /// How popular the items are, as far as noise lets them be told apart.
    private(set) var popularity: ItemPopularity
    private var values: [Float]
    private let newItems: [Int]
    private var variance = 0.0

    /// None yet.
    init(_ correction: PopularityCorrection, itemCount: Int, newItems: [Int]) {
        values = [Float](repeating: 0, count: itemCount)
        self.newItems = newItems
        popularity = ItemPopularity(votes: values, newItems: newItems, correction)
    }

    /// Adds the votes of a round.
    mutating func add(_ sum: NoisySum) {
        precondition(sum.values.count == values.count, "another query's sum")
        for (item, value) in sum.values.enumerated() { values[item] += value }
        variance += sum.noiseStandardDeviation * sum.noiseStandardDeviation
        count()
    }

    private mutating func count() {
        popularity = ItemPopularity(
            votes: values, least: max(1, Float(variance.squareRoot())), newItems: newItems,
            popularity.correction)
    }
}

// In checkpoints.
extension PopularityVotes {
    private static var name: String { "popularity.votes" }

    func write(to snapshot: inout Snapshot) {
        snapshot.tensors[Self.name] = Snapshot.Tensor(shape: [values.count], values: values)
        snapshot.attributes["popularity.variance"] = String(variance)
    }

    /// - Throws: ``SnapshotError`` where they are not all there.
    mutating func restore(from snapshot: Snapshot) throws(SnapshotError) {
        values = try snapshot.values(Self.name, shape: [values.count])
        guard let variance = snapshot.attributes["popularity.variance"].flatMap(Double.init),
            variance >= 0, variance.isFinite, values.allSatisfy(\.isFinite)
        else { throw .damaged }
        self.variance = variance
        count()
    }
}
