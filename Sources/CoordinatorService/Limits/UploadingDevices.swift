internal import Synchronization

/// The devices that upload at this moment: each has one upload at a time, so that none takes the room of
/// others.
final class UploadingDevices: Sendable {
    private let devices = Mutex<Set<[UInt8]>>([])

    /// Notes that a device begins an upload.
    ///
    /// - Returns: Whether it has no other under way.
    func begin(_ device: [UInt8]) -> Bool { devices.withLock { $0.insert(device).inserted } }

    /// Notes that its upload is over.
    func end(_ device: [UInt8]) { devices.withLock { _ = $0.remove(device) } }
}
