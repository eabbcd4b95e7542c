import Testing

@testable import CoordinatorService

struct AddressTests {
    @Test(
        arguments: [
            ("192.0.2.1", [192, 0, 2, 1]),
            ("::1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            ("2001:db8::ff:0", [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0, 0]),
            ("fe80::1%eth0", [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            ("::ffff:192.0.2.1", [192, 0, 2, 1]),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
        ] as [(String, [UInt8])])
    func `an address is read`(text: String, bytes: [UInt8]) {
        #expect(IPAddress(text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.-4", "1.2.3.+4", ":", ":::", "1::2::3",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::g", "1.2.3.4:80", "unknown", "+1::",
    ])
    func `what is no address is not read`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test
    func `a range holds the addresses that begin as it does`() throws {
        let range = try #require(AddressRange("10.1.128.0/17"))
        for (text, isContained) in [
            ("10.1.128.0", true), ("10.1.255.255", true), ("10.1.127.255", false),
            ("10.2.128.0", false), ("::1", false),
        ] {
            #expect(range.contains(try #require(IPAddress(text))) == isContained)
        }
        let all = try #require(AddressRange("::/0"))
        #expect(all.contains(try #require(IPAddress("2001:db8::1"))))
        let one = try #require(AddressRange("192.0.2.7"))
        #expect(one.contains(try #require(IPAddress("192.0.2.7"))))
        #expect(!one.contains(try #require(IPAddress("192.0.2.6"))))
        for text in ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "host"] {
            #expect(AddressRange(text) == nil)
        }
    }

    @Test(arguments: [
        ("198.51.100.9", "203.0.113.5", "198.51.100.9"),
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5, rubbish", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
    ])
    func `only a trusted proxy's word on the client counts`(
        peer: String, forwarded: String, client: String
    ) throws {
        let proxies = TrustedProxies(ranges: [try #require(AddressRange("10.0.0.0/8"))])
        let found = proxies.client(peer: IPAddress(peer), forwardedFor: forwarded)
        #expect(found == IPAddress(client))
    }

    @Test
    func `connections are counted by subscriber`() throws {
        let proxies = TrustedProxies(ranges: [try #require(AddressRange("10.0.0.0/8"))])
        let connections = AddressConnections(limit: 1, proxies: proxies)
        let one = try #require(IPAddress("2001:db8:1:2::1"))
        let neighbour = try #require(IPAddress("2001:db8:1:2:ffff::1"))
        let other = try #require(IPAddress("2001:db8:1:3::1"))
        let proxy = try #require(IPAddress("10.1.1.1"))
        #expect(connections.open(one))
        #expect(!connections.open(neighbour))
        #expect(connections.open(other))
        connections.close(one)
        #expect(connections.open(neighbour))
        for _ in 0..<3 { #expect(connections.open(proxy)) }
        let unlimited = AddressConnections(limit: 0, proxies: TrustedProxies(ranges: []))
        for _ in 0..<3 { #expect(unlimited.open(one)) }
    }

    @Test
    func `a subscriber has a network of version 6`() throws {
        let one = try #require(IPAddress("2001:db8:1:2::1"))
        let two = try #require(IPAddress("2001:db8:1:2:ffff::1"))
        let other = try #require(IPAddress("2001:db8:1:3::1"))
        #expect(one.subscriber == two.subscriber)
        #expect(one.subscriber != other.subscriber)
    }
}
