import Testing

@testable import Coordinator

struct CollectionTests {
    private func partial(_ session: Int, _ replica: String, _ byte: UInt8) -> PartialSum {
        PartialSum(
            session: key(session), replica: replica,
            inclusions: [5, 0, 77].map {
                .init(device: $0, signature: [UInt8](repeating: byte, count: 64))
            }, packed: [UInt8](repeating: byte, count: 1000))
    }

    @Test(arguments: StoreKind.available)
    func `a partial sum counts as it was handed in first`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            try await store.handIn(partial(1, "two", 2))
            try await store.handIn(partial(1, "one", 1))
            try await store.handIn(partial(1, "two", 3))
            try await store.handIn(partial(2, "two", 4))
            let handedIn = try await store.partialSums(session: key(1))
            #expect(handedIn == [partial(1, "one", 1), partial(1, "two", 2)])
        }
    }

    @Test(arguments: StoreKind.available)
    func `a collection is closed and forgotten by its session`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            for session in [1, 2] {
                try await store.reportCollected(3, session: key(session), replica: "one")
                try await store.reportCollected(session, session: key(session), replica: "two")
                try await store.handIn(partial(session, "one", 1))
            }
            try await store.reportCollected(9, session: key(1), replica: "one")
            #expect(try await store.collected(session: key(1)) == ["one": 9, "two": 1])
            #expect(try await !store.isCollectionClosed(session: key(1)))
            for _ in 0..<2 { try await store.closeCollection(session: key(1)) }
            #expect(try await store.isCollectionClosed(session: key(1)))
            #expect(try await !store.isCollectionClosed(session: key(2)))

            try await store.forgetCollection(session: key(1))
            #expect(try await store.collected(session: key(1)) == [:])
            #expect(try await !store.isCollectionClosed(session: key(1)))
            #expect(try await store.partialSums(session: key(1)) == [])
            #expect(try await store.collected(session: key(2)) == ["one": 3, "two": 2])
            #expect(try await store.partialSums(session: key(2)) == [partial(2, "one", 1)])
        }
    }
}
