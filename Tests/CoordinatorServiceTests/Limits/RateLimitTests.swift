import Testing

@testable import CoordinatorService

struct RateLimitTests {
    private let start = ContinuousClock.now

    @Test
    func `a bucket empties at once and fills at its rate`() throws {
        let limiter = RateLimiter<String>(perSecond: 2, burst: 3)
        for _ in 0..<3 { #expect(limiter.admit("a", at: start) == nil) }
        let wait = try #require(limiter.admit("a", at: start))
        #expect(wait == .milliseconds(500))
        #expect(limiter.admit("b", at: start) == nil)
        #expect(limiter.admit("a", at: start + .milliseconds(500)) == nil)
        #expect(limiter.admit("a", at: start + .milliseconds(500)) != nil)
        // Never more than the burst, however long the rest was.
        let later = start + .seconds(3_600)
        for _ in 0..<3 { #expect(limiter.admit("a", at: later) == nil) }
        #expect(limiter.admit("a", at: later) != nil)
        // A clock that went back gives nothing.
        #expect(limiter.admit("a", at: start) != nil)
    }

    @Test
    func `memory is bounded, and who asks often is remembered`() {
        let limiter = RateLimiter<Int>(perSecond: 1, burst: 1, capacity: 100)
        #expect(limiter.admit(-1, at: start) == nil)
        for key in 0..<10_000 {
            _ = limiter.admit(key, at: start)
            if key.isMultiple(of: 50) { #expect(limiter.admit(-1, at: start) != nil) }
            #expect(limiter.count <= 200)
        }
    }

    @Test
    func `requests take room and give it back when they are gone`() {
        let budget = MemoryBudget(byteCount: 100)
        var (first, second) = (budget.share(), budget.share())
        // One that is larger than all there is must still be possible.
        #expect(first.take(90))
        #expect(first.take(60))
        #expect(!second.take(1))
        first = budget.share()
        #expect(first.take(60))
        #expect(second.take(40))
        #expect(!first.take(1))
        #expect(budget.byteCount == 100)
        second = budget.share()
        #expect(budget.byteCount == 60)
        withExtendedLifetime((first, second)) {}
    }

    @Test
    func `a device has one upload at a time`() {
        let uploading = UploadingDevices()
        #expect(uploading.begin([1]))
        #expect(!uploading.begin([1]))
        #expect(uploading.begin([2]))
        uploading.end([1])
        #expect(uploading.begin([1]))
    }

    @Test
    func `small requests have room when large ones take all`() {
        let budget = MemoryBudget(byteCount: 100, free: 10)
        let (large, small) = (budget.share(), budget.share())
        #expect(large.take(110))
        #expect(small.take(6))
        #expect(small.take(4))
        #expect(!small.take(1))
        #expect(budget.byteCount == 100)
        withExtendedLifetime((large, small)) {}
    }

    @Test
    func `who asks too often is told when to come again`() async throws {
        let byAddress = ServerConfiguration.limited { $0.requestsPerAddress = 0.01 }
        try await RunningServer.with(MemoryCalls(), byAddress) { server in
            // The burst is four times the rate, and one at the least.
            #expect(try await server.call("Describe").status == 200)
            let refused = try await server.call("Describe")
            #expect(refused.status == 429)
            #expect(refused.text.contains("resource_exhausted"))
            let seconds = try #require(refused.headers["retry-after"].flatMap { Int($0) })
            #expect((1...100).contains(seconds))
        }
        let byDevice = ServerConfiguration.limited { $0.requestsPerDevice = 0.01 }
        try await RunningServer.with(MemoryCalls(), byDevice) { server in
            for (device, status) in [(1, 200), (1, 429), (2, 200), (2, 429)] {
                let answer = try await server.call(
                    "CheckIn", headers: ["authorization": "Bearer device-\(device)"])
                #expect(answer.status == status)
            }
            #expect(try await server.call("Describe").status == 200)
        }
    }

    @Test
    func `clients behind a trusted proxy are counted apart`() async throws {
        let configuration = ServerConfiguration.limited {
            $0.requestsPerAddress = 0.01
            $0.trustedProxies = [AddressRange("127.0.0.0/8")].compactMap { $0 }
        }
        try await RunningServer.with(MemoryCalls(), configuration) { server in
            for (client, status) in [
                ("203.0.113.1", 200), ("203.0.113.1", 429), ("203.0.113.2", 200),
            ] {
                let answer = try await server.call(
                    "Describe", headers: ["x-forwarded-for": "1.1.1.1, \(client)"])
                #expect(answer.status == status)
            }
        }
    }
}
