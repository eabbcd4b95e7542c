internal import Foundation

/// A lock on a folder that one process has at a time, held while this exists; the system takes it
/// from a process that dies.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of a folder that is there.
    ///
    /// - Throws: ``FleetError/inUse(_:)``, ``FleetError/inaccessible(path:reason:)``.
    init(_ folder: String) throws(FleetError) {
        let path = folder + "/fleet.lock"
        descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Foundation.close(descriptor)
            throw .inUse(folder)
        }
    }

    deinit { Foundation.close(descriptor) }
}
