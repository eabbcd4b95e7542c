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
        /// What was made of its texts or pictures elsewhere, or the pixels of a small picture; empty if
        /// unknown. Of one length over a catalogue.
        public var content: [Float]
        /// Whether it came after what is learned from, so that nobody's turning to it says nothing.
        public var isNew: Bool

        /// Describes one item.
        public init(
            id: String, title: String = "", categories: [String] = [], year: Int? = nil,
            content: [Float] = [], isNew: Bool = false
        ) {
            self.id = id
            self.title = title
            self.categories = categories
            self.year = year
            self.content = content
            self.isNew = isNew
        }
    }

    /// The items, in order.
    public let items: [Item]

    /// A catalogue of `items` in this order.
    public init(items: [Item]) { self.items = items }

    /// The number of items.
    public var count: Int { items.count }

    /// The positions of the new items.
    package var newItems: [Int] { items.indices.filter { items[$0].isNew } }

    /// The length of content vectors; 0 where no item has one.
    package var contentWidth: Int { items.lazy.map(\.content.count).max() ?? 0 }

    /// The content vectors one after the other; zeros for items without.
    package var contents: [Float] {
        let width = contentWidth
        return items.flatMap { item in
            item.content + repeatElement(0, count: width - item.content.count)
        }
    }
}
