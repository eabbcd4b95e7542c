internal import FederatedProtocol
internal import NIOCore
internal import Synchronization

/// The contents that are being sent: all who are sent the same share one copy, and all copies together
/// are bounded, however slowly they are read. Those read last are kept a little longer.
final class Downloads: Sendable {
    /// What a content is; under one key there is never another.
    enum Key: Hashable, Sendable {
        /// The snapshot of a hash.
        case snapshot([UInt8])
        /// These bytes of the ledger.
        case ledger(Range<Int>)

        /// Where the content begins in the whole.
        fileprivate var start: Int {
            switch self {
            case .snapshot: 0
            case .ledger(let part): part.lowerBound
            }
        }

        /// Whether somebody else is likely to ask for the same.
        fileprivate var isPopular: Bool {
            if case .snapshot = self { true } else { false }
        }
    }

    private let limit: Int
    private let mostUnread: Int
    private let shelf = Mutex(Shelf())

    /// - Parameters:
    ///   - limit: The most bytes of all contents.
    ///   - mostUnread: Of those, the most that are kept though nobody reads them.
    init(byteCount limit: Int, unread mostUnread: Int = 64 << 20) {
        self.limit = limit
        self.mostUnread = mostUnread
    }

    /// The bytes of all contents now.
    var byteCount: Int { shelf.withLock { $0.byteCount } }

    /// A content that is there, or is read from the store by the first who asks.
    ///
    /// - Parameters:
    ///   - key: Which.
    ///   - byteCount: Its size.
    ///   - load: Reads it.
    /// - Throws: ``Refusal`` where there is no room for it, and what `load` throws.
    func content(
        _ key: Key, byteCount: Int, load: @escaping @Sendable () async throws -> [UInt8]
    ) async throws -> Download {
        let entry = try shelf.withLock { shelf throws(Refusal) in
            try shelf.enter(key, byteCount, limit: limit) {
                Task {
                    let bytes = try await load()
                    guard bytes.count == byteCount else {
                        throw CallError(.unavailable, "the content has changed; try again")
                    }
                    return ByteBuffer(bytes: bytes)
                }
            }
        }
        do {
            return Download(try await entry.content.value, from: key.start) { [self] in
                shelf.withLock { $0.leave(key, entry.number, mostUnread: mostUnread) }
            }
        } catch {
            shelf.withLock { $0.remove(key, entry.number) }
            throw error
        }
    }
}

private struct Shelf {
    struct Entry {
        /// Another content under the same key, once this one is gone, has another number.
        let number: Int
        let content: Task<ByteBuffer, any Error>
        let byteCount: Int
        var readers = 0
        /// Larger the later it was.
        var lastRead = 0
    }

    private var entries: [Downloads.Key: Entry] = [:]
    private(set) var byteCount = 0
    private var events = 0

    /// Another reader comes.
    mutating func enter(
        _ key: Downloads.Key, _ size: Int, limit: Int,
        reading: () -> Task<ByteBuffer, any Error>
    ) throws(Refusal) -> Entry {
        events += 1
        if entries[key] == nil { try makeRoom(for: size, limit) }
        var entry = entries[key] ?? Entry(number: events, content: reading(), byteCount: size)
        if entries[key] == nil { byteCount += size }
        entry.readers += 1
        entries[key] = entry
        return entry
    }

    /// A reader is done.
    mutating func leave(_ key: Downloads.Key, _ number: Int, mostUnread: Int) {
        guard var entry = entries[key], entry.number == number else { return }
        events += 1
        entry.readers -= 1
        entry.lastRead = events
        entries[key] = entry
        guard entry.readers == 0 else { return }
        if key.isPopular { forgetUnread(downTo: mostUnread) } else { remove(key, number) }
    }

    mutating func remove(_ key: Downloads.Key, _ number: Int) {
        guard let entry = entries[key], entry.number == number else { return }
        byteCount -= entry.byteCount
        entries[key] = nil
    }

    /// A content that is larger than the limit alone has room where there is no other.
    private mutating func makeRoom(for size: Int, _ limit: Int) throws(Refusal) {
        let unread = entries.values.reduce(0) { $0 + ($1.readers == 0 ? $1.byteCount : 0) }
        forgetUnread(downTo: unread - max(0, byteCount + size - limit))
        guard byteCount == 0 || byteCount + size <= limit else {
            throw Refusal.tooMuch("too many downloads at once", retryAfter: .seconds(5))
        }
    }

    /// Forgets what nobody reads, until at most so many bytes of it are left.
    private mutating func forgetUnread(downTo most: Int) {
        let unread = entries.filter { $0.value.readers == 0 }
        var left = unread.values.reduce(0) { $0 + $1.byteCount }
        for (key, entry) in unread.sorted(by: { $0.value.lastRead < $1.value.lastRead })
        where left > most {
            remove(key, entry.number)
            left -= entry.byteCount
        }
    }
}
