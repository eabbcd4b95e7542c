internal import Foundation
public import Recommender
internal import Synchronization
internal import VectorKernels

/// Ranks a catalogue for the person who owns the device, on the device.
///
///     let store = try BehaviourStore(path: folder + "/behaviour.db", keys: keys)
///     let ranker = try DeviceRanker(model: model, store: store)
///     try ranker.record(BehaviourEvent(item: "tt0133093", kind: .play, time: now, context: .now))
///     for item in try ranker.rank(limit: 20, context: .now).items { print(item.title) }
///
/// An event counts in the next list; nothing leaves the device. Safe to use from any thread.
public final class DeviceRanker: Sendable {
    private let store: BehaviourStore?
    private let state: Mutex<RankerState>
    /// Held by whoever changes store and state, so that both see changes in one order; a list need not
    /// wait for the disk.
    private let changing = Mutex(())

    /// A ranker for the history in `store`, which it also writes to.
    public init(
        model: PublishedModel, store: BehaviourStore, options: RankingOptions = RankingOptions()
    ) throws {
        self.store = store
        let history = try PersonalHistory(in: store)
        state = Mutex(RankerState(model, history, options: options))
    }

    /// A ranker for a history in memory, which is kept nowhere.
    public init(
        model: PublishedModel, history: PersonalHistory = PersonalHistory(),
        options: RankingOptions = RankingOptions()
    ) {
        store = nil
        state = Mutex(RankerState(model, history, options: options))
    }

    /// The model in use.
    public var model: PublishedModel { state.withLock { $0.person.model } }

    /// What is known of the person.
    public var history: PersonalHistory { state.withLock { $0.history } }

    /// Ranks all items that are neither seen nor hidden, and returns the best.
    ///
    /// - Parameters:
    ///   - limit: The greatest length of the list, at most 1,000.
    ///   - context: The circumstances, such as `.now`.
    ///   - filter: Which items may be in it.
    /// - Throws: ``RankingError``.
    public func rank(
        limit: Int = 20, context: EventContext = .now, filter: RankingFilter = RankingFilter()
    ) throws -> RankedList {
        var generator = SystemRandomNumberGenerator()
        return try rank(limit: limit, context: context, filter: filter, using: &generator)
    }

    /// Ranks as ``rank(limit:context:filter:)`` does, with draws of ``Exploration`` from `generator`.
    public func rank(
        limit: Int = 20, context: EventContext = .now, filter: RankingFilter = RankingFilter(),
        using generator: inout some RandomNumberGenerator
    ) throws -> RankedList {
        guard (1...1000).contains(limit) else { throw RankingError.limit(limit) }
        let (candidates, scorer, mix, model, reranker) = try state.withLock { state in
            let options = state.options
            let filters = try state.filters(filter)
            let person = state.person
            let scorer = CandidateScorer(person, context: context, weights: options.context)
            let candidates = scorer.best(
                max(options.candidates, 4 * limit), filters: filters, scan: &state.scan,
                threads: options.threads
            ).map {
                scorer.candidate(Int($0), exposure: person.exposure(of: Int($0)))
            }
            return (candidates, scorer, person.targetMix, person.model, options.reranker)
        }
        let placed = reranker.rerank(
            candidates, limit: limit, targetMix: mix, using: &generator)
        return RankedList(
            items: placed.map { place in
                let item = Int(candidates[place.candidate].item)
                return RankedItem(
                    id: model.catalogue.identifier(of: item), item: item,
                    title: model.catalogue.title(of: item), score: place.value,
                    adjustments: place.adjustments, choice: place.choice,
                    propensity: place.propensity)
            }, context: context, model: "\(model.header.name) release \(model.header.release)",
            scorer: scorer)
    }

    /// Takes in an event: durably, where there is a store, before it counts.
    public func record(_ event: BehaviourEvent) throws {
        try changing.withLock { _ in
            try store?.append(event)
            state.withLock { $0.take(event) }
        }
    }

    /// Notes that a list was shown, with the chances by which each item got its place.
    ///
    /// - Parameters:
    ///   - list: What ``rank(limit:context:filter:)`` returned.
    ///   - time: When, in seconds since 1970, UTC.
    public func recordShown(_ list: RankedList, at time: Int64) throws {
        guard !list.items.isEmpty else { return }
        let impression = list.impression(at: time)
        try changing.withLock { _ in
            try store?.append(impression)
            state.withLock { $0.take(impression) }
        }
    }

    /// Takes what the person picked when the app was set up, in place of what was picked before.
    public func pick(items: [String] = [], categories: [String] = []) throws {
        try changing.withLock { _ in
            var history = history
            history.pickedItems = items
            history.pickedCategories = categories
            if let store { try history.savePicks(in: store) }
            state.withLock { $0 = RankerState($0.person.model, history, options: $0.options) }
        }
    }

    /// Goes over to another model, such as a newer release.
    ///
    /// Rules and filters name items and categories by their numbers in the model, which are others in
    /// another release: an app that uses them gives new options with the model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - options: How it ranks with it; nil to go on as before.
    public func use(_ model: PublishedModel, options: RankingOptions? = nil) {
        changing.withLock { _ in
            state.withLock {
                $0 = RankerState(model, $0.history, options: options ?? $0.options)
            }
        }
    }

    /// Reads the store again, after something in it was deleted.
    public func reload() throws {
        guard let store else { return }
        try changing.withLock { _ in
            let history = try PersonalHistory(in: store)
            state.withLock { $0 = RankerState($0.person.model, history, options: $0.options) }
        }
    }

    /// Goes on with another history; a store is left as it is.
    public func restart(with history: PersonalHistory) {
        changing.withLock { _ in
            state.withLock { $0 = RankerState($0.person.model, history, options: $0.options) }
        }
    }
}
