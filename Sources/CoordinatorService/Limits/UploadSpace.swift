internal import Synchronization

/// The memory that uploads may take at one time, each device with one of them.
final class UploadSpace: Sendable {
    private struct Use {
        var byteCount = 0
        var devices: Set<[UInt8]> = []
    }

    private let limit: Int
    private let use = Mutex(Use())

    init(byteCount limit: Int) { self.limit = limit }

    /// The bytes that are taken now.
    var byteCount: Int { use.withLock { $0.byteCount } }

    /// Takes `byteCount` bytes, to be given back by ``release(_:for:)``. An upload that is larger than the
    /// limit alone has room when there is no other.
    ///
    /// - Returns: Whether there was room, and the device has no other upload under way.
    func reserve(_ byteCount: Int, for device: [UInt8]) -> Bool {
        use.withLock { use in
            guard use.devices.isEmpty || use.byteCount + byteCount <= limit,
                use.devices.insert(device).inserted
            else { return false }
            use.byteCount += byteCount
            return true
        }
    }

    /// Gives back what ``reserve(_:for:)`` took.
    func release(_ byteCount: Int, for device: [UInt8]) {
        use.withLock { use in
            use.byteCount -= byteCount
            use.devices.remove(device)
        }
    }
}
