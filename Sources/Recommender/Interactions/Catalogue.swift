/// The public list of items. Positions in it are the item numbers of every model and history.
public struct Catalogue: Sendable, Hashable {
    /// What is publicly known of one item.
    public struct Item: Sendable, Hashable {
        /// The identifier in the data set.
        public var id: String
        /// The display title; empty if unknown.
        public var title: String
        /// Genres, brands, tags; empty if unknown.
        public var categories: [String]
        /// The year of release; nil if unknown.
        public var year: Int?

        /// Describes one item.
        public init(id: String, title: String = "", categories: [String] = [], year: Int? = nil) {
            self.id = id
            self.title = title
            self.categories = categories
            self.year = year
        }
    }

    /// The items, in order.
    public let items: [Item]

    /// A catalogue of `items` in this order.
    public init(items: [Item]) { self.items = items }

    /// The number of items.
    public var count: Int { items.count }
}
