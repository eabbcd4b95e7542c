internal import Recommender

/// The content of a file of ratings: histories over items numbered by first appearance.
struct RatingsFile {
    private(set) var items = IdentifierTable()
    private var users = IdentifierTable()
    private var histories: [[Interaction]] = []
    private var lacksTimestamps: [Bool] = []

    /// Reads every row. The `scanner` stands before the first one that is not a header.
    init(
        _ scanner: inout RowScanner, columns: RatingColumns?, progress: (Double) -> Void
    ) throws(DatasetError) {
        var columns = columns
        var rows = 0
        while try scanner.next() {
            let layout = columns ?? RatingColumns(headerlessWidth: scanner.fields.count)
            columns = layout
            try readRow(scanner, layout)
            rows += 1
            if rows % (1 << 16) == 0 {
                progress(Double(scanner.position) / Double(scanner.bytes.count))
            }
        }
        guard rows > 0 else { throw .empty(path: scanner.path) }
        progress(1)
    }

    /// The people in order of first appearance, every history in chronological order.
    ///
    /// A person with a row without a timestamp keeps the order of the source, and all their
    /// timestamps become positions. Histories go out of here, so that they are not copied when they change.
    mutating func takeUsers() -> [InteractionData.User] {
        histories.indices.map { number in
            var history: [Interaction] = []
            swap(&history, &histories[number])
            if lacksTimestamps[number] {
                for position in history.indices { history[position].timestamp = Int64(position) }
            } else if !isChronological(history) {
                history = history.enumerated()
                    .sorted {
                        ($0.element.timestamp, $0.offset) < ($1.element.timestamp, $1.offset)
                    }
                    .map(\.element)
            }
            return InteractionData.User(id: users[number], history: history)
        }
    }

    private func isChronological(_ history: [Interaction]) -> Bool {
        zip(history, history.dropFirst()).allSatisfy { $0.timestamp <= $1.timestamp }
    }

    private mutating func readRow(
        _ scanner: RowScanner, _ columns: RatingColumns
    ) throws(DatasetError) {
        guard scanner.fields.count >= columns.needed else {
            throw scanner.malformed(
                .tooFewFields(found: scanner.fields.count, needed: columns.needed))
        }
        let user = try Self.intern(columns.user, "user", of: scanner, into: &users)
        let item = try Self.intern(columns.item, "item", of: scanner, into: &items)
        if user == histories.count {
            histories.append([])
            lacksTimestamps.append(false)
        }
        let rating = try Self.number(columns.rating, "rating", of: scanner) { text in
            parseNumber(text).map { Float($0) }.flatMap { $0.isFinite ? $0 : nil }
        }
        let timestamp = try Self.number(
            columns.timestamp, "timestamp", of: scanner, parse: parseInteger)
        let context = try Self.number(columns.context, "context", of: scanner) { text in
            parseInteger(text).flatMap { UInt8(exactly: $0) }
        }
        if timestamp == nil { lacksTimestamps[user] = true }
        histories[user].append(
            Interaction(item: item, timestamp: timestamp ?? 0, rating: rating, context: context))
    }

    private static func intern(
        _ column: Int, _ name: String, of scanner: RowScanner, into table: inout IdentifierTable
    ) throws(DatasetError) -> Int {
        guard let field = scanner.field(column), !field.range.isEmpty else {
            throw scanner.malformed(.emptyField(column: name))
        }
        guard field.hasDoubledQuotes else { return table.intern(scanner.bytes, field.range) }
        let content = scanner.content(of: field)
        return table.intern(content, content.indices)
    }

    /// The number in a column; nil if the file has no such column or the field is empty.
    private static func number<Value>(
        _ column: Int?, _ name: String, of scanner: RowScanner,
        parse: (ArraySlice<UInt8>) -> Value?
    ) throws(DatasetError) -> Value? {
        guard let column, let field = scanner.field(column) else { return nil }
        let text = trimBlanks(scanner.bytes[field.range])
        if text.isEmpty { return nil }
        guard let value = parse(text) else {
            throw scanner.malformed(.badNumber(column: name, text: decodeText(text)))
        }
        return value
    }
}
