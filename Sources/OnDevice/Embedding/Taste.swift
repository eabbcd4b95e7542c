internal import Recommender
internal import VectorKernels

/// What is known of a person's taste, in the terms of a model, kept up to date as evidence arrives.
protocol Taste: Sendable {
    /// What evidence there is of what the model knows, oldest first.
    var evidence: [Evidence] { get }

    /// A number for each piece of evidence, the same for pieces about the same.
    var places: [Int] { get }

    /// Takes in a piece of evidence that is newer than all before; one that says nothing to the model is
    /// left out.
    mutating func add(_ new: Evidence)

    /// How items score by all evidence so far.
    var scoring: any TasteScoring { get }
}

/// How items score for one list, before circumstances and re-ranking.
protocol TasteScoring: Sendable {
    /// The items with the best scores that pass all filters, best first.
    func best(_ count: Int, filters: [ItemFilter], scan: inout TopKScan, threads: Int) -> [Int32]

    /// The score of an item.
    func score(of item: Int) -> Double

    /// The parts of an item's score: what each piece of evidence adds, and the rest.
    func parts(of item: Int) -> (evidence: [Double], rest: Explanation.Part)
}

extension PublishedModel {
    /// A taste of which nothing is known.
    var taste: any Taste {
        network.map { NetworkTaste($0, of: self) } ?? UserEmbedding(self)
    }
}
