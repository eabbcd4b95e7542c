#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
public import Recommender

/// Reads data sets of interactions; the format follows from the directory's or file's content.
///
/// See <doc:Datasets> for the formats.
public enum DatasetReader {
    /// Reads the data set at `path`.
    ///
    /// The result's histories are chronological; rows with equal timestamps keep their order. A
    /// person of whom a row lacks the timestamp keeps the order of the file, and their timestamps
    /// become positions. Its catalogue has the items that occur in the ratings, first those of the
    /// items file in its order, then the others in order of first appearance; then those that the items
    /// file says are new and nobody has met.
    ///
    /// - Parameters:
    ///   - path: A directory with a file of ratings and, if there is one, its file of items; or a
    ///     file of ratings alone.
    ///   - itemsPath: A CSV file of items, instead of the directory's own.
    ///   - progress: Called now and then with the part of the ratings read so far, at last 1.
    /// - Throws: ``DatasetError`` with the file, and for a bad row its line.
    public static func read(
        path: String, items itemsPath: String? = nil, progress: (Double) -> Void = { _ in }
    ) throws(DatasetError) -> InteractionData {
        let location = try DatasetLocation(path: path)
        let ratingsFile = try TextFile(path: location.ratings)
        let dialect = RatingsDialect(ratingsFile)
        var scanner = RowScanner(ratingsFile, delimiter: dialect.delimiter)
        var columns: RatingColumns?
        if dialect.hasHeader {
            guard try scanner.next() else { throw .empty(path: location.ratings) }
            columns = try RatingColumns(header: Header(scanner))
        }
        var ratings = try RatingsFile(&scanner, columns: columns, progress: progress)

        var catalogue = Catalogue(
            items: (0..<ratings.items.count).map { Catalogue.Item(id: ratings.items[$0]) })
        var described: [Int] = []
        if let source = itemsPath.map({ ($0, ItemsFile.Layout.headed) }) ?? location.items {
            let items = try ItemsFile(
                TextFile(path: source.0), layout: source.1, known: ratings.items)
            catalogue = items.describeAll(ratings.items)
            described = items.order
        }
        let isDescribed = Set(described)
        let order = described + catalogue.items.indices.filter { !isDescribed.contains($0) }
        return InteractionData(
            name: location.name, catalogue: catalogue, users: ratings.takeUsers()
        ).reorderingItems(order)
    }
}

/// How a file of ratings is written, judged by its first line.
private struct RatingsDialect {
    var delimiter: RowScanner.Delimiter
    var hasHeader: Bool

    init(_ file: TextFile) {
        let line = file.bytes.prefix { $0 != UInt8(ascii: "\n") }
        let hasComma = line.contains(UInt8(ascii: ","))
        let startsWithDigit = line.first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
        if !hasComma, line.contains(UInt8(ascii: "\t")) {
            delimiter = .tab
            hasHeader = !startsWithDigit
        } else if !hasComma, zip(line, line.dropFirst()).contains(where: { $0 == 58 && $1 == 58 }) {
            delimiter = .doubleColon
            hasHeader = false
        } else {
            delimiter = .comma
            hasHeader = true
        }
    }
}

/// The files of a data set.
private struct DatasetLocation {
    var name: String
    var ratings: String
    var items: (path: String, layout: ItemsFile.Layout)?

    /// Finds the files of the data set at `path`, preferring plain ones to compressed ones.
    init(path: String) throws(DatasetError) {
        var isDirectory = false
        guard Self.exists(path, &isDirectory) else { throw .notFound(path: path) }
        let url = URL(fileURLWithPath: path).standardizedFileURL
        guard isDirectory else {
            ratings = path
            let file = url.lastPathComponent
            name = file.split(separator: ".").first.map(String.init) ?? file
            return
        }
        name = url.lastPathComponent
        func find(_ file: String) -> String? {
            [file, file + ".gz"].map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
                .first {
                    var isDirectory = false
                    return Self.exists($0, &isDirectory) && !isDirectory
                }
        }
        if let found = find("ratings.csv") {
            ratings = found
            items = (find("items.csv") ?? find("movies.csv")).map { ($0, .headed) }
        } else if let found = find("ratings.dat") {
            ratings = found
            items = find("movies.dat").map { ($0, .moviesDat) }
        } else if let found = find("u.data") {
            ratings = found
            items = find("u.item").map { ($0, .uItem) }
        } else {
            throw .unknownFormat(path: path)
        }
    }

    private static func exists(_ path: String, _ isDirectory: inout Bool) -> Bool {
        FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    }
}
