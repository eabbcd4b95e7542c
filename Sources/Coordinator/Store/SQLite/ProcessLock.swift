internal import Foundation

/// A lock that one process has at a time, held while this exists; the system takes it from a process
/// that dies. It is on a file of its own, as SQLite's locks on the database end with the first
/// descriptor of it that is closed.
final class ProcessLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock for the database at `path`.
    init(for path: String) throws(StoreError) {
        descriptor = Foundation.open(path + "-lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw .file(path: path, reason: "\(reason); its folder must be there and writable")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Foundation.close(descriptor)
            throw .inUse(path)
        }
    }

    deinit { Foundation.close(descriptor) }
}
