/// What is publicly known of items, as networks take it: rows of a table for what falls into
/// classes, and numbers for what was made of their texts or pictures elsewhere.
///
/// Everything comes from the catalogue, which all devices have; nothing from what people did.
package struct ItemAttributes: Sendable {
    /// The kinds of attributes that fall into classes.
    package enum Field: Int, Sendable, Hashable, CaseIterable {
        /// Genres, brands, tags.
        case categories
        /// The words of the title.
        case words
        /// The five years in which it was released.
        case years
    }

    /// The number of items.
    package let itemCount: Int
    /// The number of rows of a table of attributes, common to all fields.
    package let buckets: Int
    /// The length of a content vector; 0 where there are none.
    package let contentWidth: Int
    private let rows: [[[Int32]]]
    private let content: [Float]

    /// The attributes of a catalogue's items.
    ///
    /// - Parameters:
    ///   - catalogue: The items.
    ///   - buckets: How many rows the table of attributes has; those that share one are confused.
    ///   - hasContent: Whether content vectors are attributes; those of pictures are not.
    package init(of catalogue: Catalogue, buckets: Int = 2048, hasContent: Bool = true) {
        itemCount = catalogue.count
        self.buckets = buckets
        contentWidth = hasContent ? catalogue.contentWidth : 0
        content = hasContent ? catalogue.contents : []
        let hash = FeatureHash(buckets: buckets)
        rows = Field.allCases.map { field in
            catalogue.items.map { item in
                Set(Self.names(of: item, field).map { hash("\(field):\($0)") }).sorted()
            }
        }
    }

    /// The rows of an item's attributes in a table, each once.
    package func rows(of item: Int, _ field: Field) -> [Int32] { rows[field.rawValue][item] }

    /// An item's content vector.
    package func content(of item: Int) -> ArraySlice<Float> {
        content[item * contentWidth..<(item + 1) * contentWidth]
    }

    private static func names(of item: Catalogue.Item, _ field: Field) -> [String] {
        switch field {
        case .categories: item.categories
        case .words:
            // Words of one or two letters are nearly all articles and prepositions.
            item.title.lowercased().split { !$0.isLetter && !$0.isNumber }
                .filter { $0.count > 2 }.map(String.init)
        case .years: item.year.map { ["\($0 / 5)"] } ?? []
        }
    }
}
