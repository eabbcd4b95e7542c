import Synchronization
import Testing

@testable import Coordinator

struct EncodingTests {
    @Test(arguments: [
        [], [0], [Int.max, .min, -1, 0, 1, .max], Array(-70...70), [1_000_000, 5, 5, 5],
    ])
    func `numbers come back as they were packed`(numbers: [Int]) throws {
        var fields = FieldWriter()
        fields.append(numbers: numbers)
        var reader = FieldReader(fields.bytes)
        #expect(try reader.numbers() == numbers)
        #expect(reader.isAtEnd)
        for count in 0..<fields.bytes.count {
            var cut = FieldReader(Array(fields.bytes.prefix(count)))
            #expect(throws: FieldReader.Malformed.self) { try cut.numbers() }
        }
    }

    @Test func `numbers of more than 64 bits are refused`() throws {
        let ones = [UInt8](repeating: 0xff, count: 9)
        var largest = FieldReader(ones + [1])
        #expect(try largest.count() == .max)
        for bytes in [ones + [2], ones + [0x81, 0]] {
            var reader = FieldReader(bytes)
            #expect(throws: FieldReader.Malformed.self) { try reader.count() }
        }
    }

    @Test func `lists are cut into batches of few sizes that keep their order`() {
        for count in 0..<200 {
            let batches = Array(0..<count).statementBatches
            #expect(batches.flatMap { $0 } == Array(0..<count))
            #expect(batches.allSatisfy { $0.count.nonzeroBitCount == 1 && $0.count <= 64 })
            #expect(batches.count <= count / 64 + 6)
        }
    }

    @Test func `work waits for a free worker, and stopping for all work`() async throws {
        let workers = BlockingWorkers("test", [0, 1, 2])
        let (running, most, done) = (Tally(), Tally(), Tally())
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3000 {
                group.addTask {
                    try await workers.run { _ in
                        most.raise(to: running.add(1))
                        running.add(-1)
                        done.add(1)
                    }
                }
            }
            while done.value < 100 { await Task.yield() }
            await workers.stop()
            #expect(running.value == 0)
            let atStop = done.value
            await #expect(throws: StoreError.self) { try await workers.run { _ in } }
            #expect(done.value == atStop)
        }
        #expect((1...3).contains(most.value))
    }
}

/// A number that many count up.
final class Tally: Sendable {
    private let state = Mutex(0)

    var value: Int {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    @discardableResult
    func add(_ amount: Int) -> Int {
        state.withLock {
            $0 += amount
            return $0
        }
    }

    func raise(to other: Int) { state.withLock { $0 = max($0, other) } }
}
