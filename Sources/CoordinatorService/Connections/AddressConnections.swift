internal import Synchronization

/// How many connections each client has, by its address; one of them alone is not to have all that
/// there are.
final class AddressConnections: Sendable {
    private let limit: Int
    private let proxies: TrustedProxies
    private let counts = Mutex<[IPAddress: Int]>([:])

    /// - Parameters:
    ///   - limit: The most connections of one client; 0 for no limit.
    ///   - proxies: Have as many as they like: they stand for many clients.
    init(limit: Int, proxies: TrustedProxies) {
        self.limit = limit
        self.proxies = proxies
    }

    /// Counts a connection, where there may be another; ``close(_:)`` ends it.
    func open(_ address: IPAddress) -> Bool {
        counts.withLock { counts in
            let count = counts[address.subscriber, default: 0]
            guard limit == 0 || count < limit || proxies.isTrusted(address) else { return false }
            counts[address.subscriber] = count + 1
            return true
        }
    }

    func close(_ address: IPAddress) {
        counts.withLock { counts in
            let count = counts[address.subscriber, default: 0] - 1
            counts[address.subscriber] = count > 0 ? count : nil
        }
    }
}
