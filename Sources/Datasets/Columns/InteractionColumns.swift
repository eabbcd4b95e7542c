internal import Foundation
package import Recommender
internal import VectorKernels

/// All histories of a data set as columns, in memory or mapped from a file.
///
/// A mapped file of a million people takes a few megabytes of memory: opening it touches the index, and
/// ``user(_:)`` the pages of one history, which it gives back.
///
/// The file was checked when it was opened as far as that is possible in a step for each person. What
/// is in a history is not: a history that was changed on the disk since it was written reads as some
/// other history of as many interactions with items of the catalogue, and never ends the process.
package struct InteractionColumns: Sendable {
    /// What the data set is called in reports.
    package let name: String
    /// The public items.
    package let catalogue: Catalogue
    /// The number of people.
    package let count: Int
    /// The number of interactions of all people together.
    package let interactionCount: Int
    private let storage: Storage

    private enum Storage: Sendable {
        case memory([InteractionData.User])
        case file(MappedBytes, indexStart: Int)
    }

    /// Takes over a data set in memory.
    package init(_ data: InteractionData) {
        name = data.name
        catalogue = data.catalogue
        count = data.users.count
        interactionCount = data.interactionCount
        storage = .memory(data.users)
    }

    /// Maps a file that ``InteractionColumnsWriter`` wrote. It must not be changed while it is in use;
    /// a writer never does, it puts a new file in its place.
    ///
    /// - Throws: ``DatasetError`` if the file is not there, or is not as it was written.
    package init(mapping path: String) throws(DatasetError) {
        let bytes: MappedBytes
        do { bytes = try MappedBytes(path: path, access: .scattered) } catch {
            guard FileManager.default.fileExists(atPath: path) else { throw .notFound(path: path) }
            throw .unreadable(path: path, reason: "the operating system refused")
        }
        let header = try ColumnsHeader(path: path, count: bytes.count, read: bytes.bytes(in:))
        guard Self.isSound(bytes, header) else {
            throw .damagedColumns(path: path, part: "index")
        }
        name = header.name
        catalogue = header.catalogue
        count = header.people
        interactionCount = header.interactions
        storage = .file(bytes, indexStart: header.indexStart)
        bytes.releasePages()
    }

    /// Whether a file begins like a file of columns; whether it is sound is found out by opening it.
    package static func isColumns(path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        let magic = ColumnsHeader.magic
        return (try? file.read(upToCount: magic.count)).flatMap { $0 } == Data(magic)
    }

    /// The identifier of a person.
    package func id(of person: Int) -> String {
        switch storage {
        case .memory(let users): users[person].id
        case .file(let bytes, let indexStart):
            withRecord(of: person, in: bytes, indexStart) { record, _ in
                HistoryRecord.readIdentifier(record, position: person).id
            }
        }
    }

    /// The number of a person's interactions.
    package func length(of person: Int) -> Int {
        switch storage {
        case .memory(let users): users[person].history.count
        case .file(let bytes, let indexStart): record(of: person, in: bytes, indexStart).length
        }
    }

    /// A person and their history.
    package func user(_ person: Int) -> InteractionData.User {
        switch storage {
        case .memory(let users): users[person]
        case .file(let bytes, let indexStart):
            withRecord(of: person, in: bytes, indexStart) { record, count in
                HistoryRecord.read(
                    record, position: person, count: count, items: catalogue.count)
            }
        }
    }

    /// Calls `body` with the record of a person and the number of interactions in it.
    private func withRecord<Result>(
        of person: Int, in bytes: MappedBytes, _ indexStart: Int,
        _ body: (RawSpan, Int) -> Result
    ) -> Result {
        let (range, length) = record(of: person, in: bytes, indexStart)
        defer { bytes.releasePages(around: range) }
        return bytes.withSpan { body($0.extracting(range), length) }
    }

    /// Where the record of a person lies, and the number of interactions in it.
    private func record(
        of person: Int, in bytes: MappedBytes, _ indexStart: Int
    ) -> (range: Range<Int>, length: Int) {
        precondition(person >= 0 && person < count, "a person of the data set")
        return bytes.withSpan { span in
            let entry = indexStart + person * ColumnsHeader.entryLength
            let start = person == 0 ? 0 : Self.end(span, entry - ColumnsHeader.entryLength)
            let first = ColumnsHeader.prefixLength + Int(start)
            let last = ColumnsHeader.prefixLength + Int(Self.end(span, entry))
            return (first..<last, Int(Self.length(span, entry)))
        }
    }

    /// Whether the records follow each other to the end of the histories, each with room for its
    /// interactions, which take at least three bytes each.
    private static func isSound(_ bytes: MappedBytes, _ header: ColumnsHeader) -> Bool {
        bytes.withSpan { span in
            var start: UInt64 = 0
            var interactions: UInt64 = 0
            for person in 0..<header.people {
                let entry = header.indexStart + person * ColumnsHeader.entryLength
                let (end, length) = (Self.end(span, entry), UInt64(Self.length(span, entry)))
                guard end > start, end <= UInt64(header.historyBytes), length <= (end - start) / 3
                else { return false }
                start = end
                interactions += length
            }
            return start == UInt64(header.historyBytes)
                && interactions == UInt64(header.interactions)
        }
    }

    /// Where a record ends, by its entry in the index.
    private static func end(_ span: RawSpan, _ entry: Int) -> UInt64 {
        UInt64(littleEndian: span.unsafeLoadUnaligned(fromByteOffset: entry, as: UInt64.self))
    }

    /// How many interactions a record has, by its entry in the index.
    private static func length(_ span: RawSpan, _ entry: Int) -> UInt32 {
        UInt32(littleEndian: span.unsafeLoadUnaligned(fromByteOffset: entry + 8, as: UInt32.self))
    }
}
