internal import Recommender
internal import VectorKernels

/// The person's place among the items, in closed form from all evidence, kept up to date as evidence
/// arrives. A score is prior + ``vector`` · row(item), and a sum over the evidence.
struct UserEmbedding: Taste {
    private let model: PublishedModel
    private var estimate: any EmbeddingEstimate
    private(set) var evidence: [Evidence] = []
    // Where the vector of each piece of evidence is among those of all subjects.
    private(set) var places: [Int] = []
    /// The number of pieces that speak for something, up to and including each.
    private var ordinals: [Int] = []
    private var positives = 0
    /// The vectors of all subjects of evidence, each once, one after the other.
    private var vectors: [Double] = []
    private var placeOfRow: [Row: Int] = [:]

    private enum Row: Hashable { case item(Int), category(Int) }

    /// No evidence yet.
    init(_ model: PublishedModel) {
        self.model = model
        estimate =
            switch model.rule {
            case .recency(let rule): RecencyEstimate(rule)
            case .ridge(let rule): RidgeEstimate(rule)
            case .network: preconditionFailure("a network makes no embedding of its own")
            }
    }

    mutating func add(_ new: Evidence) {
        guard let row = row(of: new.source), new.strength != 0, new.strength.isFinite else {
            return
        }
        let place = place(of: row)
        let width = model.header.dimensions
        if new.strength > 0 { positives += 1 }
        estimate.add(
            Array(vectors[place * width..<(place + 1) * width]), strength: new.strength)
        evidence.append(new)
        places.append(place)
        ordinals.append(positives)
    }

    private func row(of source: Evidence.Source) -> Row? {
        switch source.subject {
        case .item(let item): model.catalogue.item(item).map(Row.item)
        case .category(let name):
            model.header.categories.firstIndex(of: name).map(Row.category)
        }
    }

    private mutating func place(of row: Row) -> Int {
        if let place = placeOfRow[row] { return place }
        let place = placeOfRow.count
        let vector =
            switch row {
            case .item(let item): model.historyRow(of: item)
            case .category(let category): model.historyCentroid(of: category)
            }
        vectors += vector.map { Double($0) }
        placeOfRow[row] = place
        return place
    }

    /// u, and how each piece of evidence is part of it.
    var solution: Solution {
        let (vector, lens) = estimate.solution
        return Solution(
            vector: vector, lens: lens,
            weights: zip(evidence, ordinals).map {
                $0.strength * estimate.weight(age: positives - $1)
            })
    }

    /// What the evidence comes to, for all items alike.
    struct Solution: Sendable {
        /// u: what rows are multiplied with.
        let vector: [Double]
        /// What a row becomes before it meets the vectors of evidence.
        let lens: EmbeddingLens
        /// What each piece of evidence weighs.
        let weights: [Double]
    }

    var scoring: any TasteScoring { Scoring(embedding: self, solution: solution) }

    /// Scores are prior + vector · row.
    private struct Scoring: TasteScoring {
        let embedding: UserEmbedding
        let solution: Solution
        private var items: ItemTable { embedding.model.items }

        init(embedding: UserEmbedding, solution: Solution) {
            self.embedding = embedding
            self.solution = solution
        }

        func best(
            _ count: Int, filters: [ItemFilter], scan: inout TopKScan, threads: Int
        ) -> [Int32] {
            scan.top(
                count, of: items, query: solution.vector.map { Float($0) }, filters: filters,
                threads: threads)
            return scan.items
        }

        func score(of item: Int) -> Double {
            Double(items.bias(item))
                + Dense.dot(solution.vector, items.row(item).map { Double($0) })
        }

        func parts(of item: Int) -> (evidence: [Double], rest: Explanation.Part) {
            (
                embedding.contributions(to: items.row(item), under: solution),
                .init(.popularity, Double(items.bias(item)))
            )
        }
    }

    /// How much each piece of evidence adds to the score of an item with this row, in order.
    ///
    /// A score is linear in the evidence: by Hu, Koren and Volinsky, ICDM 2008, section 5, for the
    /// ridge regression; by definition for a weighted sum.
    func contributions(to row: [Float], under solution: Solution) -> [Double] {
        let products = Dense.product(vectors, solution.lens(row.map { Double($0) }))
        return zip(solution.weights, places).map { $0 * products[$1] }
    }
}

/// What a user embedding is made with: its current value as evidence comes in, and how that divides.
protocol EmbeddingEstimate: Sendable {
    /// Takes in evidence of this strength for what has this vector. Evidence that speaks for
    /// something makes all before it older.
    mutating func add(_ vector: [Double], strength: Double)
    /// u, and what the vector of evidence is multiplied with for its share of the score of a row.
    var solution: (vector: [Double], lens: EmbeddingLens) { get }
    /// What evidence weighs that is followed by `age` others that speak for something.
    func weight(age: Int) -> Double
}

/// What a row becomes before its product with the vector of a piece of evidence says how much that adds
/// to its score.
enum EmbeddingLens: Sendable {
    /// The row times a number.
    case scaled(Double)
    /// The solution of a system for the row, times a number.
    case solved(CholeskyFactor, scale: Double)

    func callAsFunction(_ row: [Double]) -> [Double] {
        switch self {
        case .scaled(let scale): row.map { $0 * scale }
        case .solved(let factor, let scale): factor.solve(row).map { $0 * scale }
        }
    }
}

extension PublishedModel {
    /// What evidence for an item is represented by.
    fileprivate func historyRow(of item: Int) -> [Float] {
        guard case .recency(let rule) = rule else { return items.row(item) }
        let scale = rule.itemScales[item]
        return zip(items.row(item), rule.spectrum).map { $0 * $1 * scale }
    }

    /// What evidence for a category is represented by.
    fileprivate func historyCentroid(of category: Int) -> [Float] {
        let centroid = centroid(ofCategory: category)
        guard case .recency(let rule) = rule else { return centroid }
        return zip(centroid, rule.spectrum).map { $0 * $1 }
    }
}
