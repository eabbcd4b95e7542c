/// Where a file of ratings keeps what.
struct RatingColumns {
    let user: Int
    let item: Int
    let rating: Int?
    let timestamp: Int?
    let context: Int?
    /// The fields a row must have.
    let needed: Int

    private init(user: Int, item: Int, rating: Int?, timestamp: Int?, context: Int?) {
        self.user = user
        self.item = item
        self.rating = rating
        self.timestamp = timestamp
        self.context = context
        needed = max(user, item, rating ?? 0, timestamp ?? 0, context ?? 0) + 1
    }

    /// MovieLens's order in files without a header; a first row of `width` fields may lack the last.
    init(headerlessWidth width: Int) {
        self.init(
            user: 0, item: 1, rating: width > 2 ? 2 : nil, timestamp: width > 3 ? 3 : nil,
            context: nil)
    }

    /// Finds the columns in a header.
    init(header: Header) throws(DatasetError) {
        self.init(
            user: try header.require(["user", "userid", "user_id"]),
            item: try header.require(["item", "itemid", "item_id", "movieid", "movie_id"]),
            rating: header.find(["rating"]), timestamp: header.find(["timestamp", "time"]),
            context: header.find(["context", "hour"]))
    }
}

/// The names of a file's columns, compared without regard to case.
struct Header {
    private let path: String
    /// The names as the file has them.
    let names: [String]

    /// Takes the current row of `scanner` for the header.
    init(_ scanner: RowScanner) {
        path = scanner.path
        names = scanner.fields.indices.map { scanner.text($0) }
    }

    /// The first column with one of the `names`.
    func find(_ names: [String]) -> Int? {
        self.names.firstIndex { names.contains($0.lowercased()) }
    }

    /// The first column with one of the `names`; the error calls it by the first of them.
    func require(_ names: [String]) throws(DatasetError) -> Int {
        guard let column = find(names) else {
            throw .missingColumn(path: path, column: names.first ?? "", found: self.names)
        }
        return column
    }
}
