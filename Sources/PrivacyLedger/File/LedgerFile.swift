internal import Foundation
internal import Synchronization

/// The file of a ledger in the hands of its owner: locked against other processes, and against
/// copies of the ledger that do not know of each other's writes, which would sign two histories.
final class LedgerFile: Sendable {
    private let path: String
    private let handle: FileHandle
    private let waitsForDisk: Bool
    private let state: Mutex<State>

    private struct State {
        /// Where the last whole write ended.
        var end: Int
        /// Whether a write of our own failed, so that there may be a part of it.
        var isTorn = false
    }

    /// Makes a file with its first content, of which either all or nothing is there after a crash.
    init(
        creating path: String, content: [UInt8], waitingForDisk: Bool
    ) throws(LedgerError) {
        guard !FileManager.default.fileExists(atPath: path) else { throw .exists(path: path) }
        let url = URL(filePath: path)
        do {
            try Data(content).write(to: url, options: .atomic)
            handle = try FileHandle(forUpdating: url)
            try handle.synchronize()
            // The name of a new file is on the disk once its folder is.
            try FileHandle(forReadingFrom: url.deletingLastPathComponent()).synchronize()
        } catch { throw .unwritable(path: path) }
        self.path = path
        waitsForDisk = waitingForDisk
        state = Mutex(State(end: content.count))
        try lock()
    }

    /// Opens a file.
    init(opening path: String, waitingForDisk: Bool) throws(LedgerError) {
        guard FileManager.default.fileExists(atPath: path) else { throw .unreadable(path: path) }
        do {
            handle = try FileHandle(forUpdating: URL(filePath: path))
            state = Mutex(State(end: Int(try handle.seekToEnd())))
        } catch { throw .unwritable(path: path) }
        self.path = path
        waitsForDisk = waitingForDisk
        try lock()
    }

    private func lock() throws(LedgerError) {
        guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .inUse(path: path)
        }
    }

    deinit { try? handle.close() }

    /// Writes at the end, which the caller takes to be at `end`, and waits for the disk where that is
    /// asked for.
    func write(_ bytes: [UInt8], at end: Int) throws(LedgerError) {
        let result = state.withLock { state -> Result<Void, LedgerError> in
            guard state.end == end else { return .failure(.inUse(path: path)) }
            do {
                if state.isTorn { try handle.truncate(atOffset: UInt64(end)) }
                guard try handle.seekToEnd() == UInt64(end) else {
                    return .failure(.inUse(path: path))
                }
                state.isTorn = true
                try handle.write(contentsOf: Data(bytes))
                if waitsForDisk { try handle.synchronize() }
            } catch { return .failure(.unwritable(path: path)) }
            state = State(end: end + bytes.count)
            return .success(())
        }
        try result.get()
    }

    /// Moves what stands behind `end` to a file beside this one.
    func cutTail(at end: Int) throws(LedgerError) {
        var place = path + ".torn"
        var number = 2
        while FileManager.default.fileExists(atPath: place) {
            place = path + ".torn-\(number)"
            number += 1
        }
        do {
            try handle.seek(toOffset: UInt64(end))
            let tail = try handle.read(upToCount: 2 * LedgerRecord.largestPayload) ?? Data()
            try tail.write(to: URL(filePath: place))
            try FileHandle(forReadingFrom: URL(filePath: place)).synchronize()
            try handle.truncate(atOffset: UInt64(end))
            try handle.synchronize()
        } catch { throw .unwritable(path: path) }
        state.withLock { $0 = State(end: end) }
    }
}
