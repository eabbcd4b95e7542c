internal import Recommender
internal import VectorKernels

/// What a ``DeviceRanker`` holds, under its lock.
struct RankerState: Sendable {
    let options: RankingOptions
    private(set) var person: Person
    private(set) var history: PersonalHistory
    var scan = TopKScan()
    private var categorySets: [Int: ItemBitmap] = [:]

    init(_ model: PublishedModel, _ history: PersonalHistory, options: RankingOptions) {
        self.options = options
        self.history = history
        person = Person(model, options: options)
        person.take(
            pickedItems: history.pickedItems, pickedCategories: history.pickedCategories)
        for event in history.events { person.take(event) }
        for impression in history.impressions { person.take(impression) }
    }

    mutating func take(_ event: BehaviourEvent) {
        let place = history.events.lastIndex { $0.time <= event.time }.map { $0 + 1 } ?? 0
        guard place == history.events.count else {
            // What comes late takes its place by time, as the store would give it.
            var history = history
            history.events.insert(event, at: place)
            self = RankerState(person.model, history, options: options)
            return
        }
        history.events.append(event)
        person.take(event)
    }

    mutating func take(_ impression: Impression) {
        history.impressions.append(impression)
        person.take(impression)
    }

    /// The filters of one list; the sets of categories are kept once they are made.
    mutating func filters(_ filter: RankingFilter) throws -> [ItemFilter] {
        var filters: [ItemFilter] = [.except(person.seen), .except(person.hidden)]
        if let available = filter.available { filters.append(.only(available)) }
        if let categories = filter.categories {
            var union = ItemBitmap(count: person.model.items.count)
            for category in categories { union.formUnion(try set(of: category)) }
            filters.append(.only(union))
        }
        for category in filter.excludedCategories { filters.append(.except(try set(of: category))) }
        return filters
    }

    private mutating func set(of name: String) throws -> ItemBitmap {
        guard let category = person.model.header.categories.firstIndex(of: name) else {
            throw RankingError.unknownCategory(name, known: person.model.header.categories)
        }
        if let set = categorySets[category] { return set }
        let catalogue = person.model.catalogue
        var set = ItemBitmap(count: catalogue.count)
        for item in 0..<catalogue.count where catalogue.categories(of: item).contains(category) {
            set[item] = true
        }
        categorySets[category] = set
        return set
    }
}
