import Foundation
import Testing

@testable import Coordinator

struct LeaseTests {
    private let one = Replica(name: "one", url: "http://one")
    private let two = Replica(name: "two", url: "http://two")
    private let hour = 3_600_000

    @Test(arguments: StoreKind.available)
    func `a lease has one holder, and each taking a larger epoch`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            #expect(try await store.holder(of: "lead") == nil)
            let first = try await store.acquire("lead", for: one, milliseconds: hour)
            #expect(first == Lease(name: "lead", replica: "one", epoch: 1))
            #expect(try await store.acquire("lead", for: two, milliseconds: hour) == nil)
            #expect(try await store.holder(of: "lead") == one)
            #expect(try await store.acquire("lead", for: one, milliseconds: hour) == first)
            try await store.release(Lease(name: "lead", replica: "two", epoch: 1))
            #expect(try await store.holder(of: "lead") == one)

            try await store.release(try #require(first))
            #expect(try await store.holder(of: "lead") == nil)
            let second = try await store.acquire("lead", for: two, milliseconds: hour)
            #expect(second == Lease(name: "lead", replica: "two", epoch: 2))
            // What was given back once is not given back again.
            try await store.release(try #require(first))
            #expect(try await store.holder(of: "lead") == two)
            let other = try await store.acquire("other", for: one, milliseconds: hour)
            #expect(other?.epoch == 1)
        }
    }

    @Test(arguments: StoreKind.available)
    func `a lease that has expired is lost, even to its own holder`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            let expired = try #require(try await store.acquire("lead", for: one, milliseconds: 0))
            #expect(try await store.holder(of: "lead") == nil)
            await #expect(throws: StoreError.leaseLost) {
                try await store.commit([.putTask(task("a"))], under: expired)
            }
            let renewed = try await store.acquire("lead", for: one, milliseconds: -1)
            #expect(renewed?.epoch == 2)
            let taken = try await store.acquire("lead", for: two, milliseconds: hour)
            #expect(taken?.epoch == 3)
            #expect(try await store.tasks() == [])
        }
    }

    @Test(arguments: StoreKind.available)
    func `changes are made under the newest taking only`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            let old = try #require(try await store.acquire("lead", for: one, milliseconds: hour))
            try await store.commit([.appendLedger(offset: 0, bytes: [1])], under: old)
            try await store.release(old)
            await #expect(throws: StoreError.leaseLost) {
                try await store.commit([.appendLedger(offset: 1, bytes: [2])], under: old)
            }
            let new = try #require(try await store.acquire("lead", for: one, milliseconds: hour))
            for lease in [
                old, Lease(name: "lead", replica: "two", epoch: new.epoch),
                Lease(name: "other", replica: "one", epoch: new.epoch),
                Lease(name: "lead", replica: "one", epoch: new.epoch + 1),
            ] {
                await #expect(throws: StoreError.leaseLost) {
                    try await store.commit([.appendLedger(offset: 1, bytes: [2])], under: lease)
                }
            }
            try await store.commit([.appendLedger(offset: 1, bytes: [3])], under: new)
            #expect(try await store.ledger(from: 0) == [1, 3])
        }
    }

    @Test(arguments: StoreKind.available)
    func `replicas are there until their announcement expires`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            try await store.announce(two, milliseconds: hour)
            try await store.announce(one, milliseconds: hour)
            #expect(try await store.replicas() == [one, two])
            try await store.announce(two, milliseconds: 0)
            #expect(try await store.replicas() == [one])
            let moved = Replica(name: "one", url: "http://moved")
            try await store.announce(moved, milliseconds: hour)
            #expect(try await store.replicas() == [moved])
        }
    }
}
