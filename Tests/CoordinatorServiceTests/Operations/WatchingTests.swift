import Coordinator
import DifferentialPrivacy
import FederatedProtocol
import Foundation
import Logging
import PrivacyLedger
import Sodium
import Synchronization
import Testing

@testable import CoordinatorService

@Suite(.timeLimit(.minutes(2)))
struct WatchingTests {
    @Test
    func `however many watch, the coordinator is asked once in a while`() async throws {
        let calls = MemoryCalls()
        let configuration = ServerConfiguration.limited { $0.watchedAge = .seconds(3600) }
        try await RunningServer.with(calls, configuration) { server in
            calls.content.withLock { $0.isHeld = true }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for path in ["/", "/readyz", "/ledger", "/overview.json", "/metrics", "/readyz"] {
                    for _ in 0..<3 {
                        group.addTask { try await server.send("GET", path).status }
                    }
                }
                while calls.content.withLock({ $0.overviews + $0.readinesses }) < 2 {
                    try await Task.sleep(for: .milliseconds(5))
                }
                calls.content.withLock { $0.isHeld = false }
                for try await status in group { #expect(status == 200) }
            }
            #expect(try await server.send("GET", "/").status == 200)
            #expect(try await server.send("GET", "/readyz").status == 200)
            #expect(calls.content.withLock(\.overviews) == 1)
            #expect(calls.content.withLock(\.readinesses) == 1)
        }
    }

    @Test
    func `an answer that is too old is found anew`() async {
        let found = Mutex(0)
        let answer = RecentAnswer(for: .zero) {
            found.withLock { found in
                found += 1
                return found
            }
        }
        #expect(await answer.get() == 1)
        #expect(await answer.get() == 2)
    }

    @Test
    func `what the store says is for the log, and callers are told what kind it is`() async throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "covey-closed-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lines = Mutex("")
        let logger = Logger(label: "test") { _ in
            JSONLogHandler(logLevel: .info) { data in
                lines.withLock { $0 += String(decoding: data, as: UTF8.self) }
            }
        }
        let store = try await SQLiteStore.open(at: path)
        let coordinator = try await PopulationCoordinator(
            configuration: CoordinatorConfiguration(
                replica: Replica(name: "one", url: ""), origin: "films.example/recommender",
                target: PrivacyTarget(
                    budget: try PrivacyBudget(epsilon: 1, delta: 1e-5), against: .coordinator)),
            store: store, key: try SigningKey(seed: SecretBytes([UInt8](repeating: 9, count: 32))),
            logger: logger)
        await store.close()
        try await RunningServer.with(coordinator) { server in
            let readiness = try await server.send("GET", "/readyz")
            #expect(readiness.status == 503)
            let call = try await server.call("ListTasks")
            #expect(call.status == 503)
            for text in [readiness.text, call.text] {
                #expect(text.contains("the store does not answer"))
                #expect(!text.contains("closed"))
            }
        }
        let log = lines.withLock { $0 }
        #expect(log.contains("the store cannot be written"))
        #expect(log.contains("a call failed"))
        #expect(log.contains("this store was closed"))
    }
}
