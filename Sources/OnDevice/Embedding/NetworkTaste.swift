internal import Recommender
internal import Synchronization
internal import VectorKernels

/// A history as a network takes it: what speaks for an item, in order. What speaks against one says
/// nothing to a network, which was trained on what people chose; a category that was picked stands for
/// the item that is most like all of it.
struct NetworkTaste: Taste {
    private let network: any Ranker
    private let model: PublishedModel
    private var history: [Interaction] = []
    private var placeOfItem: [Int: Int] = [:]
    private var known = KnownScores()
    private(set) var evidence: [Evidence] = []
    private(set) var places: [Int] = []

    init(_ network: any Ranker, of model: PublishedModel) {
        self.network = network
        self.model = model
    }

    mutating func add(_ new: Evidence) {
        guard new.strength > 0, new.strength.isFinite,
            let item = item(for: new.source.subject)
        else { return }
        let place = placeOfItem[item] ?? placeOfItem.count
        placeOfItem[item] = place
        evidence.append(new)
        places.append(place)
        let interaction = Interaction(item, new.source, after: history.last)
        // A look, a click and a purchase of one item in a row are one choice.
        if history.last?.item == interaction.item { history.removeLast() }
        history.append(interaction)
        known = KnownScores()
    }

    private func item(for subject: Evidence.Subject) -> Int? {
        switch subject {
        case .item(let identifier): model.catalogue.item(identifier)
        case .category(let name):
            model.header.categories.firstIndex(of: name).flatMap(model.typicalItem)
        }
    }

    /// The scores of one history, once somebody asked for them.
    private final class KnownScores: Sendable {
        let scores = Mutex<[Float]?>(nil)
    }

    /// The score of every item.
    var scores: [Float] {
        known.scores.withLock { known in
            if let known { return known }
            let scores = network.scores(history: history, privateParameters: [])
            known = scores
            return scores
        }
    }

    var scoring: any TasteScoring { Scoring(taste: self, scores: scores) }

    private struct Scoring: TasteScoring {
        let taste: NetworkTaste
        let scores: [Float]

        func best(
            _ count: Int, filters: [ItemFilter], scan: inout TopKScan, threads: Int
        ) -> [Int32] {
            RankingEvaluation.best(
                count,
                of: scores.enumerated().map { item, score in
                    filters.allSatisfy { $0.admits(item) } ? score : .nan
                })
        }

        func score(of item: Int) -> Double { Double(scores[item]) }

        func parts(of item: Int) -> (evidence: [Double], rest: Explanation.Part) {
            let amounts = taste.effects(on: item)
            return (
                amounts, .init(.combination, score(of: item) - amounts.reduce(0, +))
            )
        }
    }

    /// After so many items, the latest, no others are tried: each takes a pass through the network.
    private static var mostTried: Int { 50 }

    /// How much lower an item would score without each item of the history; a number for each piece of
    /// evidence, at the latest about the same item.
    private func effects(on item: Int) -> [Double] {
        var amounts = [Double](repeating: 0, count: evidence.count)
        let whole = Double(scores[item])
        var latest: [Int: Int] = [:]
        for (number, place) in places.enumerated() { latest[place] = number }
        let tried = placeOfItem.compactMap { chosen, place in
            latest[place].map { (item: Int32(chosen), piece: $0) }
        }.sorted { $0.piece > $1.piece }.prefix(Self.mostTried)
        for (chosen, piece) in tried {
            let rest = history.filter { $0.item != chosen }
            let without = network.scores(history: rest, privateParameters: [])[item]
            amounts[piece] = whole - Double(without)
        }
        return amounts
    }
}

extension Interaction {
    /// Something that speaks for an item; answers given at the start come right after what was before.
    fileprivate init(_ item: Int, _ source: Evidence.Source, after last: Interaction?) {
        guard case .event(let event) = source else {
            self.init(item: item, timestamp: last?.timestamp ?? 0)
            return
        }
        self.init(
            item: item, timestamp: event.time,
            rating: event.kind == .rating ? event.value.map { Float($0) } : nil)
    }
}

extension PublishedModel {
    /// The item of a category whose row points most where the mean of all of the category's does.
    fileprivate func typicalItem(of category: Int) -> Int? {
        let centroid = centroid(ofCategory: category).map { Double($0) }
        func likeness(_ item: Int) -> Double {
            let row = items.row(item).map { Double($0) }
            return Dense.dot(row, centroid) / max(Dense.dot(row, row).squareRoot(), 1e-9)
        }
        return (0..<items.count).filter { catalogue.categories(of: $0).contains(category) }
            .map { (item: $0, likeness: likeness($0)) }
            .max { ($0.likeness, $1.item) < ($1.likeness, $0.item) }?.item
    }
}
