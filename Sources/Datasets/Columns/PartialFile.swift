internal import Foundation

/// A file that is there under a name of its own beside its path until it is whole, and is removed if it
/// never is.
final class PartialFile {
    /// How much is read or written at once.
    static let blockSize = 1 << 20

    /// Where the file will be.
    let path: String
    private let partialPath: String
    private let file: FileHandle
    private var isFinished = false

    /// Creates an empty file beside `path`.
    init(path: String) throws(DatasetError) {
        self.path = path
        partialPath = "\(path).partial-\(UInt32.random(in: 0 ... .max))"
        let descriptor = open(partialPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw .unwritable(path: path, reason: String(cString: strerror(errno)))
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    deinit {
        if !isFinished { unlink(partialPath) }
    }

    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws(DatasetError) {
        try performing { try file.write(contentsOf: Data(bytes)) }
    }

    /// Appends all of another file, whose position moves to its end.
    func append(contentsOf other: PartialFile) throws(DatasetError) {
        try performing {
            try other.file.seek(toOffset: 0)
            while let block = try other.file.read(upToCount: Self.blockSize), !block.isEmpty {
                try file.write(contentsOf: block)
            }
        }
    }

    /// Replaces the first bytes. Nothing is appended after that.
    func overwriteBeginning(with bytes: [UInt8]) throws(DatasetError) {
        try performing {
            try file.seek(toOffset: 0)
            try file.write(contentsOf: Data(bytes))
        }
    }

    /// Puts the file at its path once it is on the disk.
    func commit() throws(DatasetError) {
        try performing { try file.synchronize() }
        guard rename(partialPath, path) == 0 else {
            throw .unwritable(path: path, reason: String(cString: strerror(errno)))
        }
        isFinished = true
    }

    private func performing(_ work: () throws -> Void) throws(DatasetError) {
        do { try work() } catch {
            throw .unwritable(path: path, reason: error.localizedDescription)
        }
    }
}
