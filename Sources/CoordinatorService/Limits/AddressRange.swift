/// Addresses with a common beginning: `10.0.0.0/8`, or a single one.
package struct AddressRange: Sendable, Hashable {
    private let base: IPAddress
    private let bits: Int

    /// Reads an address, or one with the number of bits that count behind a slash.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let base = IPAddress(parts[0]) else { return nil }
        self.base = base
        guard parts.count == 2 else {
            bits = 8 * base.bytes.count
            return
        }
        guard let bits = Int(parts[1]), (0...8 * base.bytes.count).contains(bits) else {
            return nil
        }
        self.bits = bits
    }

    /// Whether an address is one of them.
    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        for (index, byte) in base.bytes.enumerated() {
            let counting = min(max(bits - 8 * index, 0), 8)
            guard (byte ^ address.bytes[index]) >> (8 - counting) == 0 || counting == 0 else {
                return false
            }
        }
        return true
    }
}
