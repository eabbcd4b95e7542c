internal import Foundation
internal import Recommender
internal import Sodium

/// What a file of columns says of itself, and where its parts lie.
///
/// | part | content |
/// |---|---|
/// | prefix, 64 bytes | the magic, the version, where the header begins, the header's BLAKE2b hash, zeros |
/// | histories | one ``HistoryRecord`` after the other |
/// | index | for each person where their record ends (UInt64) and how many interactions it has (UInt32) |
/// | header | this, as JSON, with the catalogue |
///
/// All numbers are least significant byte first. The header comes last because its figures are known
/// last.
struct ColumnsHeader: Codable {
    var name: String
    var people: Int
    var interactions: Int
    /// The length of all records together.
    var historyBytes: Int
    var items: [Item]

    /// An item of the catalogue; what is not known is left out.
    struct Item: Codable {
        var id: String
        var title: String?
        var categories: [String]?
        var year: Int?
        var content: [Float]?
        var isNew: Bool?

        init(_ item: Catalogue.Item) {
            id = item.id
            title = item.title.isEmpty ? nil : item.title
            categories = item.categories.isEmpty ? nil : item.categories
            year = item.year
            content = item.content.isEmpty ? nil : item.content
            isNew = item.isNew ? true : nil
        }

        var item: Catalogue.Item {
            Catalogue.Item(
                id: id, title: title ?? "", categories: categories ?? [], year: year,
                content: content ?? [], isNew: isNew ?? false)
        }
    }

    static let magic = Array("COVEYCOL".utf8)
    static let version: UInt32 = 1
    static let prefixLength = 64
    /// The length of a person's entry in the index.
    static let entryLength = 12

    /// Where the index begins.
    var indexStart: Int { Self.prefixLength + historyBytes }
    /// Where the header begins.
    var headerStart: Int { indexStart + people * Self.entryLength }

    var catalogue: Catalogue { Catalogue(items: items.map(\.item)) }

    /// The header's bytes, and the prefix that goes with them.
    func encoded() throws -> (prefix: [UInt8], header: [UInt8]) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let header = [UInt8](try encoder.encode(self))
        var prefix =
            Self.magic + littleEndian(UInt64(Self.version)) + littleEndian(UInt64(headerStart))
            + BLAKE2b.hash(header)
        prefix += [UInt8](repeating: 0, count: Self.prefixLength - prefix.count)
        return (prefix, header)
    }

    /// Reads the header of a file of `count` bytes, of which `read` gives any part.
    init(
        path: String, count: Int, read: (Range<Int>) -> [UInt8]
    ) throws(DatasetError) {
        guard count >= Self.prefixLength else {
            throw .damagedColumns(path: path, part: "beginning")
        }
        let prefix = read(0..<Self.prefixLength)
        guard prefix.starts(with: Self.magic) else {
            throw .damagedColumns(path: path, part: "beginning")
        }
        let version = UInt32(truncatingIfNeeded: number(in: prefix[8..<12]))
        guard version == Self.version else { throw .otherColumns(path: path, version: version) }
        let start = number(in: prefix[16..<24])
        guard start <= UInt64(count) else { throw .damagedColumns(path: path, part: "length") }
        let bytes = read(Int(start)..<count)
        guard BLAKE2b.hash(bytes)[...] == prefix[24..<56],
            let header = try? JSONDecoder().decode(Self.self, from: Data(bytes)),
            header.isPossible(start: Int(start))
        else { throw .damagedColumns(path: path, part: "header") }
        self = header
    }

    init(name: String, catalogue: Catalogue, people: Int, interactions: Int, historyBytes: Int) {
        self.name = name
        self.people = people
        self.interactions = interactions
        self.historyBytes = historyBytes
        items = catalogue.items.map(Item.init)
    }

    /// Whether the counts fit a header that begins at `start`; no sum here can overflow if so.
    private func isPossible(start: Int) -> Bool {
        let room = start - Self.prefixLength
        return people >= 0 && interactions >= 0 && historyBytes >= 0 && historyBytes <= room
            && people <= room / Self.entryLength && headerStart == start
            && items.count <= Int(Int32.max) && (interactions == 0 || !items.isEmpty)
    }
}

/// `value`, least significant byte first.
func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

/// The number that up to eight bytes are, least significant first.
private func number(in bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
