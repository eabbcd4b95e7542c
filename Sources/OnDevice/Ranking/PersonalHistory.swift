/// What is known of one person, oldest first.
public struct PersonalHistory: Sendable, Hashable {
    /// What the person did.
    public var events: [BehaviourEvent]
    /// The lists that the person was shown.
    public var impressions: [Impression]
    /// Items picked when the app was set up; they count as older than any event.
    public var pickedItems: [String]
    /// Categories picked when the app was set up.
    public var pickedCategories: [String]

    /// Collects a history.
    public init(
        events: [BehaviourEvent] = [], impressions: [Impression] = [],
        pickedItems: [String] = [], pickedCategories: [String] = []
    ) {
        self.events = events
        self.impressions = impressions
        self.pickedItems = pickedItems
        self.pickedCategories = pickedCategories
    }

    /// The questions under which a store keeps what was picked.
    static let (itemsQuestion, categoriesQuestion) = ("picked items", "picked categories")

    /// The history that a store keeps.
    init(in store: BehaviourStore) throws {
        self.init(
            events: try store.events, impressions: try store.impressions,
            pickedItems: try store.answer(Self.itemsQuestion) ?? [],
            pickedCategories: try store.answer(Self.categoriesQuestion) ?? [])
    }

    /// Writes what was picked to a store.
    func savePicks(in store: BehaviourStore) throws {
        try store.setAnswer(pickedItems, to: Self.itemsQuestion)
        try store.setAnswer(pickedCategories, to: Self.categoriesQuestion)
    }
}
