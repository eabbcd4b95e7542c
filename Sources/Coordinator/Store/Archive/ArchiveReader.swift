internal import Foundation

/// Reads an archive block by block, and checks each before anything is made of it.
final class ArchiveReader {
    private let path: String
    private let file: FileHandle
    private let size: Int
    private var position = 0
    private var check = ArchiveBlock.firstCheck
    private var rowCount = 0

    /// Opens an archive.
    ///
    /// - Throws: ``StoreError/file(path:reason:)``, ``StoreError/notABackup(path:reason:)``.
    init(path: String) throws {
        self.path = path
        do {
            file = try FileHandle(forReadingFrom: URL(filePath: path))
            size = Int(try file.seekToEnd())
            try file.seek(toOffset: 0)
        } catch { throw StoreError.file(path: path, reason: error.localizedDescription) }
        guard try read(ArchiveBlock.firstLine.count) == ArchiveBlock.firstLine else {
            throw refusal("it does not begin as one")
        }
    }

    /// Reads to the end and passes on the rows of every block.
    ///
    /// - Throws: ``StoreError/notABackup(path:reason:)`` with the place where the file is damaged,
    ///   ``StoreError/tooNew(version:known:)``; some rows were passed on by then.
    func forEachBlock(
        _ body: (_ table: ArchivedTable, _ columns: [String], _ rows: [[SQLValue]]) throws -> Void
    ) throws {
        guard case .beginning(let version) = try next() else {
            throw refusal("its beginning is missing")
        }
        guard version <= StoreSchema.version else {
            throw StoreError.tooNew(version: version, known: StoreSchema.version)
        }
        while true {
            let start = position
            switch try next() {
            case .beginning: throw refusal("it begins again at byte \(start)")
            case .rows(let name, let columns, let rows):
                // Names go into statements, so that they are compared with what is known.
                guard let table = ArchivedTable.all.first(where: { $0.name == name }),
                    Set(columns).isSubset(of: table.columns), Set(columns).count == columns.count
                else { throw refusal("the table at byte \(start) is not known") }
                try body(table, columns, rows)
                rowCount += rows.count
            case .end(let expected):
                guard rowCount == expected, position == size else {
                    throw refusal("it does not end where it says, at byte \(position)")
                }
                return
            }
        }
    }

    private func next() throws -> ArchiveBlock {
        let start = position
        let length = try read(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        let content = try read(length)
        let expected = ArchiveBlock.check(of: content, after: check)
        guard try read(ArchiveBlock.checkLength) == expected else {
            throw refusal("it is damaged between bytes \(start) and \(position)")
        }
        check = expected
        do { return try ArchiveBlock(content: content) } catch {
            throw refusal("the block at byte \(start) says nothing")
        }
    }

    private func read(_ count: Int) throws -> [UInt8] {
        // Before memory is reserved for what a damaged length says.
        guard count <= size - position else {
            throw refusal("it ends at byte \(size), in the middle of what began at \(position)")
        }
        var bytes: [UInt8] = []
        do {
            while bytes.count < count,
                let data = try file.read(upToCount: count - bytes.count), !data.isEmpty
            {
                bytes += data
            }
        } catch { throw StoreError.file(path: path, reason: error.localizedDescription) }
        guard bytes.count == count else { throw refusal("it was cut while it was read") }
        position += count
        return bytes
    }

    private func refusal(_ reason: String) -> StoreError {
        .notABackup(path: path, reason: reason)
    }
}
