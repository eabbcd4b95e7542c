internal import Recommender
internal import VectorKernels

/// The score of an item for a person in a circumstance: what the model expects + habits.
struct CandidateScorer: Sendable {
    private let taste: any Taste
    private let profile: ContextProfile
    private let weights: ContextWeights
    private let model: PublishedModel
    private let context: EventContext
    private let scoring: any TasteScoring

    init(_ person: Person, context: EventContext, weights: ContextWeights) {
        taste = person.taste
        profile = person.profile
        model = person.model
        self.weights = weights
        self.context = context
        scoring = person.taste.scoring
    }

    /// The items with the best scores, before habits, that pass all filters.
    func best(
        _ count: Int, filters: [ItemFilter], scan: inout TopKScan, threads: Int
    ) -> [Int32] {
        scoring.best(count, filters: filters, scan: &scan, threads: threads)
    }

    /// An item as a candidate.
    func candidate(_ item: Int, exposure: Double) -> Candidate {
        let categories = model.catalogue.categories(of: item)
        let habits = habits(of: categories).reduce(0) { $0 + $1.amount }
        return Candidate(
            item: Int32(item), score: scoring.score(of: item) + habits,
            vector: model.items.row(item), categories: categories, exposure: exposure)
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
        let (amounts, rest) = scoring.parts(of: ranked.item)
        var parts = habits(of: model.catalogue.categories(of: ranked.item)).map {
            Explanation.Part(.habit($0.feature), $0.amount)
        }
        parts.append(rest)
        parts += ranked.adjustments.map { .init(.adjustment($0.source), $0.amount) }
        return Explanation(
            item: ranked.id, score: ranked.score, evidence: taste.evidence,
            subjects: taste.places, amounts: amounts, otherParts: parts,
            catalogue: model.catalogue)
    }
}
