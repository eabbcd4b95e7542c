internal import Recommender

/// The content of a file that describes items.
struct ItemsFile {
    /// How the rows are written.
    enum Layout {
        /// A header names `id`, and possibly `title`, `genres`, `released`, `content` and `new`.
        case headed
        /// MovieLens 1M: id, title, genres.
        case moviesDat
        /// MovieLens 100K: id, title, release date, two more, then a flag for each genre.
        case uItem
    }

    /// Positions of the items that occur in the ratings, in this file's order.
    private(set) var order: [Int] = []
    /// New items that nobody has met, in this file's order.
    private(set) var unmet: [Catalogue.Item] = []
    /// Descriptions by position in the ratings.
    private var descriptions: [Int: Catalogue.Item] = [:]

    /// Reads the descriptions of the items in `known` and of new ones; of several of one item the first
    /// counts.
    init(
        _ file: TextFile, layout: Layout, known: IdentifierTable
    ) throws(DatasetError) {
        var scanner = RowScanner(file, delimiter: layout.delimiter)
        var columns = Columns(layout)
        var (contentWidth, unmetIDs) = (0, Set<String>())
        if layout == .headed {
            guard try scanner.next() else { return }
            columns = try Columns(header: Header(scanner))
        }
        while try scanner.next() {
            guard scanner.fields.count >= columns.needed else {
                throw scanner.malformed(
                    .tooFewFields(found: scanner.fields.count, needed: columns.needed))
            }
            guard let field = scanner.field(columns.id), !field.range.isEmpty else {
                throw scanner.malformed(.emptyField(column: "id"))
            }
            let id = scanner.content(of: field)
            let position = known.number(of: id, id.indices)
            let isNew = try scanner.flag(columns.new, named: "new")
            guard position.map({ descriptions[$0] == nil }) ?? isNew else { continue }
            var item = describe(decodeText(id[...]), scanner, columns, layout)
            item.isNew = isNew
            item.content = try scanner.numbers(columns.content, named: "content")
            if contentWidth == 0 { contentWidth = item.content.count }
            guard item.content.isEmpty || item.content.count == contentWidth else {
                throw scanner.malformed(
                    .otherLength(
                        column: "content", found: item.content.count, expected: contentWidth))
            }
            if let position {
                descriptions[position] = item
                order.append(position)
            } else if unmetIDs.insert(item.id).inserted {
                unmet.append(item)
            }
        }
    }

    /// The catalogue of all `known` items in the order of their numbers, then of the new ones that nobody
    /// has met.
    func describeAll(_ known: IdentifierTable) -> Catalogue {
        Catalogue(
            items: (0..<known.count).map { descriptions[$0] ?? Catalogue.Item(id: known[$0]) }
                + unmet)
    }

    private func describe(
        _ id: String, _ scanner: RowScanner, _ columns: Columns, _ layout: Layout
    ) -> Catalogue.Item {
        let title = scanner.text(columns.title)
        let released = scanner.text(columns.released)
        let categories: [String]
        if layout == .uItem {
            categories = MovieLens100K.genres.enumerated()
                .filter { scanner.text(5 + $0.offset) == "1" && $0.offset > 0 }
                .map(\.element)
        } else {
            categories = scanner.text(columns.genres).split(separator: "|")
                .map { decodeText(trimBlanks(Array($0.utf8)[...])) }
                .filter { !$0.isEmpty && $0 != "(no genres listed)" }
        }
        return Catalogue.Item(
            id: id, title: title, categories: categories,
            year: yearInTitle(title) ?? firstYear(in: released))
    }

    /// Where the file keeps what.
    private struct Columns {
        var id = 0
        var title: Int? = 1
        var genres: Int? = 2
        var released: Int?
        var content: Int?
        var new: Int?

        var needed: Int {
            [title, genres, released, content, new].reduce(id) { max($0, $1 ?? 0) } + 1
        }

        init(_ layout: Layout) {
            if layout == .uItem { (genres, released) = (nil, 2) }
        }

        init(header: Header) throws(DatasetError) {
            id = try header.require(["id", "item", "itemid", "item_id", "movieid", "movie_id"])
            title = header.find(["title", "name"])
            genres = header.find(["genres", "categories"])
            released = header.find(["released", "year"])
            content = header.find(["content"])
            new = header.find(["new"])
        }
    }
}

extension ItemsFile.Layout {
    fileprivate var delimiter: RowScanner.Delimiter {
        switch self {
        case .headed: .comma
        case .moviesDat: .doubleColon
        case .uItem: .bar
        }
    }
}

/// What MovieLens 100K's files leave to its documentation.
private enum MovieLens100K {
    /// The genres of the flags; the first means that none is known.
    static let genres = [
        "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime",
        "Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance",
        "Sci-Fi", "Thriller", "War", "Western",
    ]
}

/// The year in brackets at the end of a title: "Heat (1995)"; of a span, the first.
private func yearInTitle(_ title: String) -> Int? {
    let bytes = Array(title.utf8)
    guard bytes.last == UInt8(ascii: ")"),
        let open = bytes.lastIndex(of: UInt8(ascii: "("))
    else { return nil }
    let inside = bytes[(open + 1)..<(bytes.count - 1)]
    let digits = inside.prefix { $0 >= 0x30 && $0 <= 0x39 }
    guard digits.count == 4,
        inside.count == 4 || inside.count > 4 && inside[digits.endIndex] != 0x20
    else { return nil }
    return parseInteger(digits).map(Int.init)
}

/// The first run of exactly four digits: "01-Jan-1995", "1995-01-01", "1995".
private func firstYear(in date: String) -> Int? {
    date.utf8.split { $0 < 0x30 || $0 > 0x39 }
        .first { $0.count == 4 }
        .flatMap { parseInteger(Array($0)[...]) }
        .map(Int.init)
}
