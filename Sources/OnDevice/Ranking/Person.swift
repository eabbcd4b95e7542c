internal import Foundation
internal import Recommender
internal import VectorKernels

/// All that the ranker knows of the person: made of the history, kept up to date event by event.
struct Person: Sendable {
    let model: PublishedModel
    private let options: RankingOptions
    private(set) var taste: any Taste
    private(set) var profile: ContextProfile
    /// Items that are not recommended again.
    private(set) var seen: ItemBitmap
    private(set) var hidden: ItemBitmap
    /// The categories of what was chosen, newer choices weighing more.
    private var recentMix: [Double]
    private var exposures: [Int: (amount: Double, list: Int)] = [:]
    private var listCount = 0

    /// After how many choices the weight of one in the mix has fallen to 1/e.
    private static let mixDecay = 100.0
    /// After how many lists an exposure has fallen to 1/e.
    private static let exposureDecay = 10.0

    init(_ model: PublishedModel, options: RankingOptions) {
        self.model = model
        self.options = options
        let categories = model.header.categories.count
        taste = model.taste
        profile = ContextProfile(categoryCount: categories)
        seen = ItemBitmap(count: model.items.count)
        hidden = seen
        recentMix = [Double](repeating: 0, count: categories)
    }

    mutating func take(pickedItems: [String], pickedCategories: [String]) {
        for name in pickedCategories {
            taste.add(Evidence(.pickedCategory(name), strength: options.strengths.pick))
            if let category = model.header.categories.firstIndex(of: name) {
                choose([category], strength: 1)
            }
        }
        for item in pickedItems {
            taste.add(Evidence(.pickedItem(item), strength: options.strengths.pick))
            if let item = model.catalogue.item(item) {
                choose(model.catalogue.categories(of: item), strength: 1)
            }
        }
    }

    mutating func take(_ event: BehaviourEvent) {
        guard let item = model.catalogue.item(event.item) else { return }
        let strength = options.strengths(event)
        taste.add(Evidence(.event(event), strength: strength))
        if event.kind == .hide { hidden[item] = true }
        if options.seen.contains(event.kind) { seen[item] = true }
        let categories = model.catalogue.categories(of: item)
        profile.add(categories: categories, context: event.context, strength: strength)
        choose(categories, strength: strength)
    }

    private mutating func choose(_ categories: [Int], strength: Double) {
        guard !categories.isEmpty, strength > 0 else { return }
        let kept = exp(-1 / Self.mixDecay)
        for category in recentMix.indices { recentMix[category] *= kept }
        for category in categories { recentMix[category] += strength / Double(categories.count) }
    }

    mutating func take(_ impression: Impression) {
        listCount += 1
        for item in impression.items.lazy.compactMap(model.catalogue.item) {
            exposures[item] = (exposure(of: item) + 1, listCount)
        }
    }

    /// How often an item was in a shown list, older lists counting less.
    func exposure(of item: Int) -> Double {
        guard let known = exposures[item] else { return 0 }
        return known.amount * exp(-Double(listCount - known.list) / Self.exposureDecay)
    }

    /// The mix of categories that a list should be near; nil where nothing is known.
    var targetMix: [Double]? {
        recentMix.contains { $0 > 0 } ? recentMix : nil
    }
}
