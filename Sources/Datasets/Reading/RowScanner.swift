/// Walks through the rows of a delimited text, one at a time, without copying fields.
struct RowScanner {
    /// What separates the fields of a row.
    enum Delimiter: Sendable {
        /// A comma; fields may be quoted, and quoted ones may contain anything (RFC 4180).
        case comma
        /// A tabulator.
        case tab
        /// A vertical bar.
        case bar
        /// Two colons, as in MovieLens's older files.
        case doubleColon

        fileprivate var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .tab: UInt8(ascii: "\t")
            case .bar: UInt8(ascii: "|")
            case .doubleColon: UInt8(ascii: ":")
            }
        }
    }

    /// One field: its bytes within the file, without the quotes around it.
    struct Field {
        var range: Range<Int>
        /// Whether quotes within it are doubled.
        var hasDoubledQuotes = false
    }

    let path: String
    let bytes: [UInt8]
    let delimiter: Delimiter
    /// The fields of the current row.
    private(set) var fields: [Field] = []
    /// The line on which the current row starts, from 1.
    private(set) var line = 0
    /// Where the next row starts.
    private(set) var position: Int
    private var nextLine = 1

    /// Starts at the first row of `file`; a byte order mark is skipped.
    init(_ file: TextFile, delimiter: Delimiter) {
        path = file.path
        bytes = file.bytes
        self.delimiter = delimiter
        position = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Moves to the next row that is not blank; false at the end.
    mutating func next() throws(DatasetError) -> Bool {
        while position < bytes.count {
            fields.removeAll(keepingCapacity: true)
            line = nextLine
            try readRow()
            nextLine += 1
            if fields.count > 1 { return true }
            if let only = fields.first, !only.range.isEmpty { return true }
        }
        return false
    }

    /// The field at `index`; nil if the row is shorter.
    func field(_ index: Int) -> Field? { index < fields.count ? fields[index] : nil }

    /// The bytes of a field with doubled quotes made single.
    func content(of field: Field) -> [UInt8] {
        var content: [UInt8] = []
        var skip = false
        for index in field.range {
            let isQuote = bytes[index] == UInt8(ascii: "\"")
            skip = field.hasDoubledQuotes && isQuote && !skip
            if !skip { content.append(bytes[index]) }
        }
        return content
    }

    /// The field at `index` as text without surrounding blanks; empty if the row is shorter.
    func text(_ index: Int?) -> String {
        guard let index, let field = field(index) else { return "" }
        return decodeText(trimBlanks(content(of: field)[...]))
    }

    /// Whether the field at `index` says yes; no if it is empty or the row is shorter.
    func flag(_ index: Int?, named column: String) throws(DatasetError) -> Bool {
        switch text(index).lowercased() {
        case "", "0", "no", "false": return false
        case "1", "yes", "true": return true
        default:
            throw malformed(
                .unknownWord(column: column, text: text(index), allowed: ["true", "false"]))
        }
    }

    /// The numbers in the field at `index`, with blanks between; none if the row is shorter.
    func numbers(_ index: Int?, named column: String) throws(DatasetError) -> [Float] {
        var numbers: [Float] = []
        for part in text(index).utf8.split(separator: UInt8(ascii: " ")) {
            guard let number = parseNumber(Array(part)[...]).map(Float.init), number.isFinite else {
                throw malformed(.badNumber(column: column, text: decodeText(Array(part)[...])))
            }
            numbers.append(number)
        }
        return numbers
    }

    /// The error that the current row is.
    func malformed(_ problem: DatasetError.RowProblem) -> DatasetError {
        .malformedRow(path: path, line: line, problem: problem)
    }

    private mutating func readRow() throws(DatasetError) {
        let separator = delimiter.byte
        let newline = UInt8(ascii: "\n")
        let isDouble = delimiter == .doubleColon
        while true {
            if delimiter == .comma, position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                try readQuotedField()
            } else {
                var end = position
                while end < bytes.count {
                    let byte = bytes[end]
                    if byte == newline { break }
                    if byte == separator, !isDouble || isSeparator(at: end + 1) { break }
                    end += 1
                }
                fields.append(Field(range: position..<end))
                position = end
            }
            guard position < bytes.count else { break }
            let wasNewline = bytes[position] == newline
            position += isDouble && !wasNewline ? 2 : 1
            if wasNewline { break }
        }
        dropCarriageReturn()
    }

    private func isSeparator(at position: Int) -> Bool {
        position < bytes.count && bytes[position] == delimiter.byte
    }

    /// Reads a field from its opening quote up to the delimiter or line end after its closing one.
    private mutating func readQuotedField() throws(DatasetError) {
        let quote = UInt8(ascii: "\"")
        let newline = UInt8(ascii: "\n")
        position += 1
        var field = Field(range: position..<position)
        while true {
            guard position < bytes.count else { throw malformed(.unterminatedQuote) }
            if bytes[position] == quote {
                guard position + 1 < bytes.count, bytes[position + 1] == quote else { break }
                field.hasDoubledQuotes = true
                position += 1
            } else if bytes[position] == newline {
                nextLine += 1
            }
            position += 1
        }
        field.range = field.range.lowerBound..<position
        // What stands between the closing quote and the delimiter is ignored.
        while position < bytes.count, bytes[position] != delimiter.byte, bytes[position] != newline
        {
            position += 1
        }
        fields.append(field)
    }

    /// Removes the carriage return of a CR LF line end from the last field.
    private mutating func dropCarriageReturn() {
        guard let range = fields.last?.range, let end = range.last, bytes[end] == 0x0D else {
            return
        }
        fields[fields.count - 1].range = range.lowerBound..<end
    }
}

/// `text` without blanks and tabulators at its ends.
func trimBlanks(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    if let first = text.first, let last = text.last, first > 0x20, last > 0x20 { return text }
    var result = text
    while let byte = result.first, byte == 0x20 || byte == 0x09 { result.removeFirst() }
    while let byte = result.last, byte == 0x20 || byte == 0x09 || byte == 0x0D {
        result.removeLast()
    }
    return result
}
