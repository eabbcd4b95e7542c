package import Foundation
package import Recommender

/// A catalogue as JSON lines: one item a line, `{"id": "1", "title": "Toy Story", "categories":
/// ["Comedy"], "year": 1995}`, with `"content": [0.5, -1]` and `"new": true` where they apply; the
/// first line is item 0.
package enum CatalogueLines {
    private struct Line: Codable {
        var id: String
        var title: String?
        var categories: [String]?
        var year: Int?
        var content: [Float]?
        var new: Bool?
    }

    /// The lines of a catalogue.
    package static func encode(_ catalogue: Catalogue) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = Data()
        for item in catalogue.items {
            data += try encoder.encode(
                Line(
                    id: item.id, title: item.title, categories: item.categories, year: item.year,
                    content: item.content.isEmpty ? nil : item.content,
                    new: item.isNew ? true : nil))
            data.append(UInt8(ascii: "\n"))
        }
        return data
    }

    /// Reads lines.
    ///
    /// - Throws: ``CatalogueError``.
    package static func decode(_ data: Data) throws(CatalogueError) -> Catalogue {
        var items: [Catalogue.Item] = []
        var known: Set<String> = []
        var width = 0
        let decoder = JSONDecoder()
        for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let item = try? decoder.decode(Line.self, from: line), !item.id.isEmpty else {
                throw .malformed(line: index + 1)
            }
            guard known.insert(item.id).inserted else {
                throw .repeated(line: index + 1, id: item.id)
            }
            let content = item.content ?? []
            if width == 0 { width = content.count }
            guard content.isEmpty || content.count == width else {
                throw .otherContent(line: index + 1)
            }
            items.append(
                .init(
                    id: item.id, title: item.title ?? "", categories: item.categories ?? [],
                    year: item.year, content: content, isNew: item.new ?? false))
        }
        guard !items.isEmpty else { throw .empty }
        return Catalogue(items: items)
    }
}

/// Why a catalogue cannot be read.
package enum CatalogueError: Error, Equatable, CustomStringConvertible {
    /// There are no items.
    case empty
    /// A line is no item.
    case malformed(line: Int)
    /// An item's content is not as long as that of items before it.
    case otherContent(line: Int)
    /// An identifier occurs twice.
    case repeated(line: Int, id: String)

    /// The cause and the remedy, in one line.
    package var description: String {
        switch self {
        case .empty: "the catalogue has no items"
        case .malformed(let line):
            "line \(line) of the catalogue is no item: expected {\"id\": \"…\"} with optional title, "
                + "categories, year, content and new"
        case .otherContent(let line):
            "line \(line) of the catalogue: its content is not as long as that of the items before"
        case .repeated(let line, let id):
            "line \(line) of the catalogue: the item \(id.debugDescription) was there before"
        }
    }
}
