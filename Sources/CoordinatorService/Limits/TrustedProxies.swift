/// The proxies whose word on a client's address is taken.
struct TrustedProxies: Sendable {
    /// Their addresses.
    let ranges: [AddressRange]

    /// The client's address: that of the connection, or where it comes from a trusted proxy, the last
    /// one in `X-Forwarded-For` that is not a trusted proxy itself. What stands before that may be
    /// invented.
    func client(peer: IPAddress?, forwardedFor: String?) -> IPAddress? {
        guard let peer, isTrusted(peer), let forwardedFor else { return peer }
        var client = peer
        for text in forwardedFor.split(separator: ",").reversed() {
            guard let address = IPAddress(text.trimmed) else { return client }
            client = address
            guard isTrusted(address) else { return address }
        }
        return client
    }

    /// Whether an address is that of a trusted proxy.
    func isTrusted(_ address: IPAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }
}
