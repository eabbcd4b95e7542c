/// What one person did, as a file of delimited text with a header tells it: a column `item`, and as
/// far as they are there `user`, `kind`, `time`, `value` or `rating`, and `device`.
public struct EventFile: Sendable {
    /// One row.
    public struct Row: Sendable, Hashable {
        /// The line of the file, from 1.
        public var line: Int
        /// The item's identifier.
        public var item: String
        /// What was done; empty where the file does not tell.
        public var kind: String
        /// Seconds since 1970, UTC; nil where the file does not tell.
        public var time: Int64?
        /// A rating or a number of seconds; nil where the file does not tell.
        public var value: Double?
        /// The kind of device; empty where the file does not tell.
        public var device: String
    }

    /// The path, for errors.
    public let path: String
    /// Whether values are ratings by the name of their column.
    public let holdsRatings: Bool
    /// The rows, in order of time where all have one, else as in the file.
    public let rows: [Row]

    /// Reads a file, which may be gzip.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - user: Whose rows are wanted; needed where a column `user` tells of more than one person.
    /// - Throws: ``DatasetError``.
    public init(path: String, user: String? = nil) throws(DatasetError) {
        self.path = path
        var scanner = RowScanner(try TextFile(path: path), delimiter: .comma)
        guard try scanner.next() else { throw .empty(path: path) }
        let header = Header(scanner)
        let item = try header.require(["item", "itemid", "item_id", "movieid", "movie_id"])
        let person = header.find(["user", "userid", "user_id"])
        let rating = header.find(["rating"])
        let columns = (
            kind: header.find(["kind", "event", "type"]),
            time: header.find(["time", "timestamp"]), value: header.find(["value"]) ?? rating,
            device: header.find(["device"])
        )
        holdsRatings = rating != nil && columns.value == rating
        if user != nil, person == nil {
            throw .missingColumn(path: path, column: "user", found: header.names)
        }
        var rows: [Row] = []
        var people: Set<String> = []
        while try scanner.next() {
            let owner = scanner.text(person)
            if let user {
                guard owner == user else { continue }
            } else if people.insert(owner).inserted, people.count > 1 {
                throw .severalPeople(path: path)
            }
            let identifier = scanner.text(item)
            guard !identifier.isEmpty else { throw scanner.malformed(.emptyField(column: "item")) }
            rows.append(
                Row(
                    line: scanner.line, item: identifier,
                    kind: scanner.text(columns.kind).lowercased(),
                    time: try scanner.time(columns.time),
                    value: try scanner.number(columns.value, "value"),
                    device: scanner.text(columns.device)))
        }
        guard !rows.isEmpty || user == nil else { throw .noSuchUser(path: path, user: user ?? "") }
        if rows.allSatisfy({ $0.time != nil }) {
            rows.sort { ($0.time ?? 0, $0.line) < ($1.time ?? 0, $1.line) }
        }
        self.rows = rows
    }
}

extension RowScanner {
    /// The seconds in a column; nil where it is empty or not there.
    fileprivate func time(_ column: Int?) throws(DatasetError) -> Int64? {
        guard let number = try number(column, "time") else { return nil }
        guard let time = Int64(exactly: number.rounded(.down)) else {
            throw malformed(.badNumber(column: "time", text: text(column)))
        }
        return time
    }

    /// The number in a column; nil where it is empty or not there.
    fileprivate func number(_ column: Int?, _ name: String) throws(DatasetError) -> Double? {
        let text = text(column)
        guard !text.isEmpty else { return nil }
        guard let number = parseNumber(Array(text.utf8)[...]) else {
            throw malformed(.badNumber(column: name, text: text))
        }
        return number
    }
}
