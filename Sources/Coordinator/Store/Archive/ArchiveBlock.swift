internal import Sodium

/// A part of an archive.
///
/// An archive is "covey backup v1\n" and blocks: the length of the content (4 bytes, least significant
/// first), the content, and 32 bytes that check it with everything before, BLAKE2b over the check of
/// the block before (of the first line, for the first) and the content. The first block is the
/// beginning, the last one the end.
enum ArchiveBlock {
    /// The version of the tables that the rows come from.
    case beginning(version: Int)
    /// Rows of a table with the columns that are named.
    case rows(table: String, columns: [String], rows: [[SQLValue]])
    /// The number of all rows.
    case end(rowCount: Int)

    static let firstLine = [UInt8]("covey backup v1\n".utf8)
    static let checkLength = 32
    /// The check before that of the first block.
    static let firstCheck = BLAKE2b.hash(firstLine)

    static func check(of content: [UInt8], after previous: [UInt8]) -> [UInt8] {
        var hash = BLAKE2b(context: "covey backup")
        hash.update(previous)
        hash.update(content)
        return hash.finalize()
    }

    private enum Kind: UInt8 {
        case beginning = 1
        case rows = 2
        case end = 3
    }

    var content: [UInt8] {
        var fields = FieldWriter()
        switch self {
        case .beginning(let version):
            fields.append(byte: Kind.beginning.rawValue)
            fields.append(number: Int64(version))
        case .rows(let table, let columns, let rows):
            fields.append(byte: Kind.rows.rawValue)
            fields.append(lengthPrefixed: table.utf8)
            fields.append(count: UInt64(columns.count))
            for column in columns { fields.append(lengthPrefixed: column.utf8) }
            fields.append(count: UInt64(rows.count))
            for row in rows { for value in row { fields.append(value) } }
        case .end(let rowCount):
            fields.append(byte: Kind.end.rawValue)
            fields.append(number: Int64(rowCount))
        }
        return fields.bytes
    }

    init(content: [UInt8]) throws(FieldReader.Malformed) {
        var fields = FieldReader(content)
        switch Kind(rawValue: try fields.byte()) {
        case .beginning: self = .beginning(version: Int(try fields.number()))
        case .end: self = .end(rowCount: Int(try fields.number()))
        case .rows:
            let table = try fields.text()
            var columns: [String] = []
            for _ in 0..<(try fields.elementCount()) { columns.append(try fields.text()) }
            var rows: [[SQLValue]] = []
            for _ in 0..<(try fields.elementCount()) {
                var row: [SQLValue] = []
                for _ in columns { row.append(try fields.value()) }
                rows.append(row)
            }
            self = .rows(table: table, columns: columns, rows: rows)
        case nil: throw FieldReader.Malformed()
        }
        guard fields.isAtEnd else { throw FieldReader.Malformed() }
    }
}

extension FieldWriter {
    mutating func append(_ value: SQLValue) {
        switch value {
        case .null: append(byte: 0)
        case .integer(let number):
            append(byte: 1)
            append(number: number)
        case .real(let number):
            append(byte: 2)
            append(count: number.bitPattern)
        case .text(let text):
            append(byte: 3)
            append(lengthPrefixed: text.utf8)
        case .bytes(let bytes):
            append(byte: 4)
            append(lengthPrefixed: bytes)
        }
    }
}

extension FieldReader {
    mutating func text() throws(Malformed) -> String {
        String(decoding: try lengthPrefixed(), as: UTF8.self)
    }

    mutating func value() throws(Malformed) -> SQLValue {
        switch try byte() {
        case 0: .null
        case 1: .integer(try number())
        case 2: .real(Double(bitPattern: try count()))
        case 3: SQLValue(try text())
        case 4: .bytes(try lengthPrefixed())
        default: throw Malformed()
        }
    }
}
