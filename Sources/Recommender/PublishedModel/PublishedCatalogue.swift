internal import VectorKernels

/// The public catalogue of a published model: identifiers, titles and categories, read where they
/// are mapped.
public struct PublishedCatalogue: Sendable {
    /// The number of items.
    public let count: Int
    /// The names of the categories, in the order of their numbers.
    public let categoryNames: [String]
    private let identifiers: TextColumn
    private let titles: TextColumn
    private let itemCategories: TextColumn
    private let file: ModelFile
    private let index: Range<Int>
    private let years: Range<Int>?
    private let content: Range<Int>?

    init(_ file: ModelFile) throws {
        self.file = file
        count = file.header.items
        categoryNames = file.header.categories
        identifiers = try TextColumn(file, .identifiers)
        titles = try TextColumn(file, .titles)
        itemCategories = try TextColumn(file, .itemCategories)
        index = try file.range(of: .index)
        guard index.count == 4 * Self.slotCount(items: count) else { throw file.damaged(.index) }
        years = file.rangeIfPresent(of: .years)
        guard years?.count ?? 4 * count == 4 * count else { throw file.damaged(.years) }
        content = file.rangeIfPresent(of: .content)
        guard (content?.count ?? 0).isMultiple(of: 4 * max(1, count)) else {
            throw file.damaged(.content)
        }
    }

    /// The catalogue in memory.
    package var catalogue: Catalogue {
        Catalogue(
            items: (0..<count).map { item in
                Catalogue.Item(
                    id: identifiers[item], title: titles[item],
                    categories: categories(of: item).map { categoryNames[$0] },
                    year: year(of: item), content: content(of: item))
            })
    }

    /// What an item's texts or pictures were made into elsewhere; empty if unknown.
    private func content(of item: Int) -> [Float] {
        guard let content else { return [] }
        let length = content.count / count
        let first = content.lowerBound + item * length
        return FloatBytes.decode(file.bytes.bytes(in: first..<first + length))
    }

    /// The year of an item's release; nil if unknown.
    public func year(of item: Int) -> Int? {
        guard let years, (0..<count).contains(item) else { return nil }
        let year = Int32(bitPattern: file.bytes.word(at: years.lowerBound + 4 * item))
        return year == .min ? nil : Int(year)
    }

    /// The identifier of an item of the catalogue.
    public func identifier(of item: Int) -> String { identifiers[item] }

    /// The title of an item; its identifier where it has none.
    public func title(of item: Int) -> String {
        let title = titles[item]
        return title.isEmpty ? identifiers[item] : title
    }

    /// The numbers of an item's categories.
    public func categories(of item: Int) -> [Int] {
        let bytes = itemCategories.bytes(item)
        return stride(from: 0, to: bytes.count - 1, by: 2).compactMap {
            let number = Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8
            return number < categoryNames.count ? number : nil
        }
    }

    /// The item with an identifier; nil where the catalogue has none.
    public func item(_ identifier: String) -> Int? {
        let wanted = [UInt8](identifier.utf8)
        let mask = Self.slotCount(items: count) - 1
        var slot = Int(truncatingIfNeeded: Self.hash(wanted)) & mask
        for _ in 0...mask {
            let entry = Int(file.bytes.word(at: index.lowerBound + 4 * slot))
            guard entry > 0, entry <= count else { return nil }
            if identifiers.bytes(entry - 1) == wanted { return entry - 1 }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Items whose title contains `text`, or whose identifier it is, whatever its case: first those
    /// that are called so, then those that begin so. A negative limit counts as 0.
    public func search(_ text: String, limit: Int) -> [Int] {
        let wanted = text.lowercased()
        guard !wanted.isEmpty, limit > 0 else { return [] }
        var (exact, beginning, containing) = ([Int](), [Int](), [Int]())
        for item in 0..<count {
            let title = title(of: item).lowercased()
            if title == wanted || identifiers[item].lowercased() == wanted {
                exact.append(item)
            } else if beginning.count < limit, title.hasPrefix(wanted) {
                beginning.append(item)
            } else if containing.count < limit, title.contains(wanted) {
                containing.append(item)
            }
        }
        return Array((exact + beginning + containing).prefix(limit))
    }

    /// The slots of the index: a power of two, at least twice the items.
    private static func slotCount(items: Int) -> Int {
        var count = 2
        while count < 2 * items { count *= 2 }
        return count
    }

    /// FNV-1a of 64 bits, its upper half folded onto the lower.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
        }
        return hash ^ hash >> 32
    }

    /// The parts of a file that hold a catalogue.
    ///
    /// - Throws: ``PublicationError``.
    static func parts(
        of catalogue: Catalogue, categories: [String]
    ) throws -> [(part: PublishedModel.Part, bytes: [UInt8])] {
        let identifiers = catalogue.items.map { [UInt8]($0.id.utf8) }
        var index = [UInt32](repeating: 0, count: slotCount(items: identifiers.count))
        for (item, identifier) in identifiers.enumerated() {
            var slot = Int(truncatingIfNeeded: hash(identifier)) & (index.count - 1)
            while index[slot] > 0 {
                guard identifiers[Int(index[slot]) - 1] != identifier else {
                    throw PublicationError.repeatedIdentifier(catalogue.items[item].id)
                }
                slot = (slot + 1) & (index.count - 1)
            }
            index[slot] = UInt32(item + 1)
        }
        let numbers = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
        let codes = catalogue.items.map { item in
            item.categories.compactMap { numbers[$0] }.flatMap {
                [UInt8($0 & 255), UInt8($0 >> 8)]
            }
        }
        let years = catalogue.items.map { item in
            UInt32(bitPattern: item.year.map { Int32(clamping: $0) } ?? .min)
        }
        let yearPart: [(PublishedModel.Part, [UInt8])] =
            catalogue.items.allSatisfy { $0.year == nil }
            ? [] : [(.years, TextColumn.littleEndian(years))]
        let contentPart: [(PublishedModel.Part, [UInt8])] =
            catalogue.contentWidth == 0
            ? [] : [(.content, FloatBytes.encode(catalogue.contents))]
        return [
            (.identifiers, try TextColumn.encode(identifiers)),
            (.index, TextColumn.littleEndian(index)),
            (.titles, try TextColumn.encode(catalogue.items.map { [UInt8]($0.title.utf8) })),
            (.itemCategories, try TextColumn.encode(codes)),
        ] + yearPart + contentPart
    }
}
