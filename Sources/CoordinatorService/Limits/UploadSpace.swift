internal import Synchronization

/// The memory that uploads may take at one time.
final class UploadSpace: Sendable {
    private struct Use {
        var byteCount = 0
        var uploads = 0
    }

    private let limit: Int
    private let use = Mutex(Use())

    init(byteCount limit: Int) { self.limit = limit }

    /// The bytes that are taken now.
    var byteCount: Int { use.withLock { $0.byteCount } }

    /// Takes `byteCount` bytes, to be given back by ``release(_:)``. An upload that is larger than the
    /// limit alone has room when there is no other.
    ///
    /// - Returns: Whether there was room.
    func reserve(_ byteCount: Int) -> Bool {
        use.withLock { use in
            guard use.uploads == 0 || use.byteCount + byteCount <= limit else { return false }
            use.byteCount += byteCount
            use.uploads += 1
            return true
        }
    }

    /// Gives back what ``reserve(_:)`` took.
    func release(_ byteCount: Int) {
        use.withLock { use in
            use.byteCount -= byteCount
            use.uploads -= 1
        }
    }
}
