import Testing

@testable import Coordinator

struct EnrolmentTests {
    private func requests(_ numbers: Range<Int>) -> [EnrolmentRequest] {
        numbers.map { EnrolmentRequest(identity: key($0)) }
    }

    private func devices(_ numbers: Range<Int>, at time: Int64) -> [EnrolledDevice] {
        numbers.map { EnrolledDevice(number: $0, identity: key($0), time: time) }
    }

    @Test(arguments: StoreKind.available)
    func `devices are numbered in the order in which they enrol`(kind: StoreKind) async throws {
        let fixture = try StoreFixture(kind)
        try await fixture.withStore { store in
            let first = try await store.enrol(requests(0..<150), at: 5)
            #expect(first == devices(0..<150, at: 5).map { .enrolled($0) })
            _ = try await store.enrol(requests(150..<153), at: 4)
        }
        try await fixture.withStore { store in
            let all = devices(0..<150, at: 5) + devices(150..<153, at: 4)
            let found = try await store.devices(from: 0, limit: 1000)
            #expect(found == all)
            #expect(try await store.devices(from: 149, limit: 2) == Array(all[149..<151]))
            #expect(try await store.devices(from: 153, limit: 2) == [])
            #expect(try await store.devices(from: -3, limit: -1) == [])
            #expect(try await store.device(key(152)) == all[152])
            #expect(try await store.device(key(153)) == nil)
        }
    }

    @Test(arguments: StoreKind.available)
    func `a device that is enrolled keeps its number and needs no token`(
        kind: StoreKind
    ) async throws {
        try await StoreFixture(kind).withStore { store in
            try await store.addEnrolmentTokens(hashes: [key(50)], expiry: 100)
            let request = EnrolmentRequest(identity: key(0), tokenHash: key(50))
            let expected = [EnrolmentResult.enrolled(devices(0..<1, at: 9)[0])]
            #expect(try await store.enrol([request], at: 9) == expected)
            #expect(try await store.enrol([request], at: 10) == expected)
            #expect(try await store.enrol(requests(0..<1), at: 11) == expected)
            let mixed = try await store.enrol(requests(0..<2) + requests(1..<2), at: 12)
            let second = EnrolmentResult.enrolled(devices(1..<2, at: 12)[0])
            #expect(mixed == expected + [second, second])
        }
    }

    @Test(arguments: StoreKind.available)
    func `a token is used once, before it expires`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            try await store.addEnrolmentTokens(hashes: (50..<54).map(key), expiry: 100)
            try await store.addEnrolmentTokens(hashes: [key(50)], expiry: 1)
            func enrol(_ device: Int, _ token: Int, at time: Int64) async throws -> EnrolmentResult
            {
                let request = EnrolmentRequest(identity: key(device), tokenHash: key(token))
                return try #require(try await store.enrol([request], at: time).first)
            }
            func enrolled(_ device: Int, at time: Int64) -> EnrolmentResult {
                .enrolled(devices(device..<device + 1, at: time)[0])
            }
            #expect(try await enrol(0, 50, at: 99) == enrolled(0, at: 99))
            #expect(try await enrol(1, 50, at: 99) == .tokenRefused)
            #expect(try await enrol(1, 51, at: 100) == .tokenRefused)
            #expect(try await enrol(1, 60, at: 0) == .tokenRefused)
            // Refused once for its time, a token is as good as before.
            #expect(try await enrol(1, 51, at: 98) == enrolled(1, at: 98))
            let twice = (2..<4).map { EnrolmentRequest(identity: key($0), tokenHash: key(52)) }
            #expect(
                try await store.enrol(twice, at: 1) == [enrolled(2, at: 1), .tokenRefused])
            #expect(try await store.devices(from: 0, limit: 10).count == 3)
        }
    }

    @Test(arguments: StoreKind.available)
    func `fifty that enrol at once get fifty numbers without a gap`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            try await store.addEnrolmentTokens(hashes: (0..<25).map { key(1000 + $0) }, expiry: 9)
            let results = try await withThrowingTaskGroup(of: [EnrolmentResult].self) { group in
                for number in 0..<50 {
                    group.addTask {
                        // Two for each token.
                        let token = key(1000 + number / 2)
                        let request = EnrolmentRequest(identity: key(number), tokenHash: token)
                        return try await store.enrol([request], at: 1)
                    }
                }
                return try await group.reduce([], +)
            }
            let all = try await store.devices(from: 0, limit: 100)
            #expect(all.map(\.number) == Array(0..<25))
            #expect(Set(results) == Set(all.map { .enrolled($0) } + [.tokenRefused]))
            #expect(Set(all.map { $0.identity[0] / 2 }).count == 25)
        }
    }

    @Test(arguments: StoreKind.available)
    func `a secret is drawn once and stays`(kind: StoreKind) async throws {
        let fixture = try StoreFixture(kind)
        let drawn = try await fixture.withStore { store in
            try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<8 { group.addTask { try await store.secret("bearer") } }
                return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
            }
        }
        #expect(drawn.count == 1)
        try await fixture.withStore { store in
            #expect(try await [store.secret("bearer")] == Array(drawn))
            let other = try await store.secret("other")
            #expect(other.count == 32 && !drawn.contains(other))
        }
    }
}
