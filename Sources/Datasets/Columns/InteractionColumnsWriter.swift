internal import Foundation
package import Recommender

/// Writes a file of columns person by person, in little memory.
///
/// ```swift
/// var writer = try InteractionColumnsWriter(
///     path: "big.columns", name: data.name, catalogue: data.catalogue)
/// for user in data.users { try writer.append(user) }
/// try writer.finish()
/// ```
///
/// The file gets its name when it is whole; until then, or if there is an error or the writer is
/// dropped, what was at the path stays as it is, and nothing is left behind.
package struct InteractionColumnsWriter: ~Copyable {
    private let name: String
    private let catalogue: Catalogue
    private let target: PartialFile
    /// The index, until the histories are complete.
    private let index: PartialFile
    private var people = 0
    private var interactions = 0
    private var historyBytes = 0
    /// The histories of the people of ``append(_:)`` that were not written yet.
    private var waiting = EncodedHistories(first: 0)

    /// Begins a file that will be at `path`.
    ///
    /// - Throws: ``DatasetError/unwritable(path:reason:)``.
    package init(path: String, name: String, catalogue: Catalogue) throws(DatasetError) {
        let (target, index) = (try PartialFile(path: path), try PartialFile(path: path))
        try target.write([UInt8](repeating: 0, count: ColumnsHeader.prefixLength))
        self.name = name
        self.catalogue = catalogue
        self.target = target
        self.index = index
    }

    /// Adds the next person.
    ///
    /// - Precondition: Their items are of the catalogue.
    package mutating func append(_ user: InteractionData.User) throws(DatasetError) {
        precondition(user.history.allSatisfy { catalogue.items.indices.contains(Int($0.item)) })
        waiting.append(user)
        if waiting.records.count >= PartialFile.blockSize { try flush() }
    }

    /// Adds the next people, whose histories were encoded elsewhere.
    ///
    /// - Precondition: They follow the last person that was added; their items are of the catalogue.
    package mutating func append(_ histories: EncodedHistories) throws(DatasetError) {
        try flush()
        try write(histories)
        waiting = EncodedHistories(first: people)
    }

    /// Completes the file and gives it its name.
    ///
    /// - Throws: ``DatasetError/unwritable(path:reason:)``; what was at the path is then still there.
    package consuming func finish() throws(DatasetError) {
        try flush()
        try target.append(contentsOf: index)
        let header = ColumnsHeader(
            name: name, catalogue: catalogue, people: people, interactions: interactions,
            historyBytes: historyBytes)
        let encoded: (prefix: [UInt8], header: [UInt8])
        do { encoded = try header.encoded() } catch {
            throw .unwritable(path: target.path, reason: "the content of an item is not finite")
        }
        try target.write(encoded.header)
        try target.overwriteBeginning(with: encoded.prefix)
        try target.commit()
    }

    private mutating func flush() throws(DatasetError) {
        try write(waiting)
        waiting = EncodedHistories(first: people)
    }

    private mutating func write(_ histories: EncodedHistories) throws(DatasetError) {
        precondition(histories.first == people, "people who follow the last ones")
        guard histories.count > 0 else { return }
        var entries: [UInt8] = []
        entries.reserveCapacity(histories.count * ColumnsHeader.entryLength)
        for entry in histories.entries {
            entries += littleEndian(UInt64(historyBytes + entry.end))
            entries += littleEndian(entry.length)
            interactions += Int(entry.length)
        }
        try target.write(histories.records)
        try index.write(entries)
        historyBytes += histories.records.count
        people += histories.count
    }
}
