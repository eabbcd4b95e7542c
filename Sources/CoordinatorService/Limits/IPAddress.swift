/// An address of IP, version 4 or 6, without a zone. IPv4 within IPv6 (`::ffff:…`) is IPv4.
struct IPAddress: Sendable, Hashable {
    /// 4 or 16 bytes, the most significant first.
    let bytes: [UInt8]

    /// Reads an address in its usual text form (RFC 4291, section 2.2, for version 6).
    init?(_ text: some StringProtocol) {
        let plain = String(text.prefix { $0 != "%" })
        guard let bytes = plain.contains(":") ? Self.version6(plain) : Self.version4(plain) else {
            return nil
        }
        let isMapped =
            bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 }
            && bytes[10] == 0xFF && bytes[11] == 0xFF
        self.bytes = isMapped ? Array(bytes[12...]) : bytes
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// What limits count by: the address, or in version 6 the network of 64 bits that one customer
    /// has at the least.
    var subscriber: IPAddress {
        bytes.count == 4 ? self : IPAddress(bytes: Array(bytes[..<8]))
    }

    private static func version4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.utf8.count),
                part.utf8.allSatisfy({ (48...57).contains($0) }),
                let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: String) -> [UInt8]? {
        // "::" stands for as many zeros as are missing, once.
        guard let gap = text.firstRange(of: "::") else {
            return groups(text).flatMap { $0.count == 16 ? $0 : nil }
        }
        let before = text[..<gap.lowerBound], after = text[gap.upperBound...]
        guard let head = before.isEmpty ? [] : groups(before),
            let tail = after.isEmpty ? [] : groups(after), head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.contains("."), index == parts.count - 1 {
                guard let last = version4(String(part)) else { return nil }
                bytes += last
            } else {
                guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes.count <= 16 ? bytes : nil
    }
}
