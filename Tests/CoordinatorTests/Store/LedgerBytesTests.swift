import Testing

@testable import Coordinator

struct LedgerBytesTests {
    @Test(arguments: StoreKind.available)
    func `the ledger is read from any offset on`(kind: StoreKind) async throws {
        let bytes = (0..<200).map { UInt8($0) }
        try await StoreFixture(kind).withStore { store in
            #expect(try await store.ledger(from: 0) == [])
            #expect(try await store.ledger(from: 5) == [])
            for (start, end) in [(0, 16), (16, 17), (17, 120), (120, 120), (120, 200)] {
                try await store.commit(
                    [.appendLedger(offset: start, bytes: Array(bytes[start..<end]))], under: nil)
            }
            for offset in 0...200 {
                #expect(try await store.ledger(from: offset) == Array(bytes[offset...]))
            }
            #expect(try await store.ledger(from: 201) == [])
            #expect(try await store.ledger(from: .max) == [])
            #expect(try await store.ledger(from: -1) == bytes)
        }
    }

    @Test(arguments: StoreKind.available)
    func `of those that append at one offset, exactly one does`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            for turn in 0..<10 {
                let winners = await withTaskGroup(of: Int?.self) { group in
                    for writer in 0..<8 {
                        let bytes = [UInt8(turn), UInt8(writer)]
                        group.addTask {
                            do {
                                try await store.commit(
                                    [.appendLedger(offset: 2 * turn, bytes: bytes)], under: nil)
                                return writer
                            } catch {
                                let moved = StoreError.ledgerMoved(
                                    expected: 2 * turn, actual: 2 * turn + 2)
                                #expect(error as? StoreError == moved)
                                return nil
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
                }
                let winner = try #require(winners.first)
                #expect(winners.count == 1)
                #expect(
                    try await store.ledger(from: 2 * turn) == [UInt8(turn), UInt8(winner)])
            }
        }
    }
}
