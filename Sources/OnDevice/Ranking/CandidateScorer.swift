internal import Recommender
internal import VectorKernels

/// The score of an item for a person in a circumstance: prior + user embedding · row + habits.
struct CandidateScorer: Sendable {
    private let embedding: UserEmbedding
    private let profile: ContextProfile
    private let weights: ContextWeights
    private let model: PublishedModel
    private let context: EventContext
    private let solution: UserEmbedding.Solution

    init(_ person: Person, context: EventContext, weights: ContextWeights) {
        embedding = person.embedding
        profile = person.profile
        model = person.model
        self.weights = weights
        self.context = context
        solution = person.embedding.solution
    }

    /// The user embedding.
    var vector: [Double] { solution.vector }

    /// An item as a candidate.
    func candidate(_ item: Int, exposure: Double) -> Candidate {
        let row = model.items.row(item)
        let categories = model.catalogue.categories(of: item)
        let affinity = Dense.dot(vector, row.map { Double($0) })
        let habits = habits(of: categories).reduce(0) { $0 + $1.amount }
        return Candidate(
            item: Int32(item), score: Double(model.items.bias(item)) + affinity + habits,
            vector: row, categories: categories, exposure: exposure)
    }

    private func habits(
        of categories: [Int]
    ) -> [(feature: ContextFeature, amount: Double)] {
        guard weights != .none else { return [] }
        return profile.affinities(categories: categories, context: context).map {
            ($0.feature, $0.amount * weights[$0.feature])
        }
    }

    /// The parts of an item's score.
    func explanation(of ranked: RankedItem) -> Explanation {
        var parts = habits(of: model.catalogue.categories(of: ranked.item)).map {
            Explanation.Part(.habit($0.feature), $0.amount)
        }
        parts.append(.init(.popularity, Double(model.items.bias(ranked.item))))
        parts += ranked.adjustments.map { .init(.adjustment($0.source), $0.amount) }
        return Explanation(
            item: ranked.id, score: ranked.score, evidence: embedding.evidence,
            subjects: embedding.places,
            amounts: embedding.contributions(
                to: model.items.row(ranked.item), under: solution), otherParts: parts,
            catalogue: model.catalogue)
    }
}
