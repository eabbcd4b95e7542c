import Fleet
import Testing

struct SharedLoadsTests {
    private struct Failure: Error {}

    @Test func `a value is loaded once for all that ask`() async throws {
        let loads = SharedLoads<Int, Int>(capacity: 4)
        let counter = Counter()
        let values = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await loads.value(7) {
                        for _ in 0..<20 { await Task.yield() }
                        return counter.next()
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(values == [Int](repeating: 1, count: 50))
    }

    @Test func `a load that fails is tried again by the next`() async throws {
        let loads = SharedLoads<Int, Int>(capacity: 4)
        await #expect(throws: Failure.self) { try await loads.value(1) { throw Failure() } }
        #expect(try await loads.value(1) { 5 } == 5)
    }

    @Test func `who is cancelled does not wait, and the others go on`() async throws {
        let loads = SharedLoads<Int, Int>(capacity: 4)
        let (stream, door) = AsyncStream.makeStream(of: Void.self)
        let load: @Sendable () async throws -> Int = {
            for await _ in stream {}
            try Task.checkCancellation()
            return 3
        }
        let patient = Task { try await loads.value(1, loading: load) }
        let hasty = Task { try await loads.value(1, loading: load) }
        hasty.cancel()
        await #expect(throws: CancellationError.self) { try await hasty.value }
        door.finish()
        #expect(try await patient.value == 3)
    }

    @Test func `the oldest values make room`() async throws {
        let loads = SharedLoads<Int, Int>(capacity: 2)
        let counter = Counter()
        for key in [1, 2, 1, 3, 1, 2] { _ = try await loads.value(key) { counter.next() } }
        // 1, 2, 3 and 2 again, which 3 had driven out; 1 was used in between.
        #expect(counter.next() == 5)
    }
}
