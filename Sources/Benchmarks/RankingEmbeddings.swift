import ArgumentParser
import Foundation
import Learning
import Recommender
import VectorKernels

/// Embeddings of a million items to rank, and queries.
struct RankingEmbeddings {
    static let itemCount = 1_000_000
    static let queryCount = 12

    let dimension: Int
    /// Row-major, ``itemCount`` rows.
    let rows: [Float]
    let queries: [[Float]]
    let description: String

    /// Made-up embeddings: clusters of Zipf-like sizes, norms spread by about a factor of four.
    init(syntheticOf dimension: Int) {
        var random = SplitMix64(seed: 1)
        let clusters = 1000
        let centres = (0..<clusters * dimension).map { _ in random.nextApproximateNormal() }
        let rows = [Float](unsafeUninitializedCapacity: Self.itemCount * dimension) {
            rows, initialized in
            for item in 0..<Self.itemCount {
                let skew = Double(random.next(below: 1 << 20)) / Double(1 << 20)
                let cluster = Int(skew * skew * Double(clusters))
                let norm = Float(exp(0.35 * Double(random.nextApproximateNormal())))
                for d in 0..<dimension {
                    let own = Self.quickNormal(&random)
                    rows[item * dimension + d] =
                        norm * (0.6 * centres[cluster * dimension + d] + 0.8 * own)
                }
            }
            initialized = rows.count
        }
        self.init(
            rows: rows, dimension: dimension,
            description: "synthetic, \(clusters) clusters, norms spread")
    }

    /// The embeddings of a trained model, repeated with small changes up to a million; items that
    /// training gave no embedding are left out.
    init(model: PublishedModel) throws {
        let dimension = model.header.dimensions
        let trained = (0..<model.header.items).map(model.items.row).filter {
            $0.contains { abs($0) > 1e-30 }
        }
        guard !trained.isEmpty else {
            throw ValidationError("the model has no embeddings; train it first")
        }
        let values = Array(trained.joined())
        let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }
        let spread = Float((norm / Double(values.count)).squareRoot())
        var random = SplitMix64(seed: 1)
        let rows = [Float](unsafeUninitializedCapacity: Self.itemCount * dimension) {
            rows, initialized in
            for item in 0..<Self.itemCount {
                let from = item % trained.count * dimension
                for d in 0..<dimension {
                    let change = item < trained.count ? 0 : 0.3 * spread * Self.quickNormal(&random)
                    rows[item * dimension + d] = values[from + d] + change
                }
            }
            initialized = rows.count
        }
        self.init(
            rows: rows, dimension: dimension,
            description: "\(model.header.name), \(trained.count) items, repeated with changes")
    }

    /// Queries like those of people: sums of what they chose.
    private init(rows: [Float], dimension: Int, description: String) {
        var random = SplitMix64(seed: 2)
        self.rows = rows
        self.dimension = dimension
        self.description = description
        queries = (0..<Self.queryCount).map { _ in
            var query = [Float](repeating: 0, count: dimension)
            for _ in 0..<8 {
                let item = random.next(below: Self.itemCount)
                for d in 0..<dimension { query[d] += rows[item * dimension + d] }
            }
            return query
        }
    }

    /// About normal, from one draw: the sum of four uniform numbers.
    private static func quickNormal(_ random: inout SplitMix64) -> Float {
        let bits = random.next()
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
        return (Float(sum) * 0x1p-16 - 2) * 1.732_050_8
    }
}
