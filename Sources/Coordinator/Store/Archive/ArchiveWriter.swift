internal import Foundation

/// Writes an archive under a name of its own, and gives it its own once it is whole and on the disk.
final class ArchiveWriter {
    /// From how many bytes on rows are written as a block; a single row may have more.
    private static let blockSize = 1 << 18

    private let path: String
    private let partialPath: String
    private let file: FileHandle
    private var check = ArchiveBlock.firstCheck
    private var rowCount = 0
    private var table: ArchivedTable?
    private var rows: [[SQLValue]] = []
    private var size = 0
    private var isFinished = false

    /// Begins an archive.
    ///
    /// - Throws: ``StoreError/file(path:reason:)``, also where there is a file at `path`.
    init(path: String) throws {
        self.path = path
        partialPath = "\(path).partial-\(UInt32.random(in: 0 ... .max))"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw StoreError.file(path: path, reason: "it is there already; choose another name")
        }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        // It holds the secrets of the coordinator.
        let descriptor = Foundation.open(partialPath, flags, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.file(path: path, reason: String(cString: strerror(errno)))
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try write(ArchiveBlock.firstLine)
        try append(.beginning(version: StoreSchema.version))
    }

    deinit {
        if !isFinished { unlink(partialPath) }
    }

    /// Adds a row of a table, whose rows follow each other.
    func append(_ row: SQLRow, of table: ArchivedTable) throws {
        if table.name != self.table?.name { try flush() }
        self.table = table
        rows.append(row.values)
        size += row.values.reduce(0) { $0 + $1.approximateSize }
        if size >= Self.blockSize { try flush() }
    }

    /// Writes the end, and gives the archive its name.
    func finish() throws {
        try flush()
        try append(.end(rowCount: rowCount))
        try performing { try file.synchronize() }
        guard rename(partialPath, path) == 0 else {
            throw StoreError.file(path: path, reason: String(cString: strerror(errno)))
        }
        isFinished = true
        // The name of a new file is on the disk once its folder is.
        try performing {
            let folder = URL(filePath: path).deletingLastPathComponent()
            try FileHandle(forReadingFrom: folder).synchronize()
        }
    }

    private func flush() throws {
        guard let table, !rows.isEmpty else { return }
        try append(.rows(table: table.name, columns: table.columns, rows: rows))
        rowCount += rows.count
        rows = []
        size = 0
    }

    private func append(_ block: ArchiveBlock) throws {
        let content = block.content
        guard let length = UInt32(exactly: content.count) else {
            throw StoreError.file(path: path, reason: "a row has four gigabytes or more")
        }
        check = ArchiveBlock.check(of: content, after: check)
        try write(withUnsafeBytes(of: length.littleEndian) { [UInt8]($0) } + content + check)
    }

    private func write(_ bytes: [UInt8]) throws {
        try performing { try file.write(contentsOf: Data(bytes)) }
    }

    private func performing(_ work: () throws -> Void) throws {
        do { try work() } catch {
            throw StoreError.file(path: path, reason: error.localizedDescription)
        }
    }
}

extension SQLValue {
    fileprivate var approximateSize: Int {
        switch self {
        case .null, .integer, .real: 9
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        }
    }
}
