import Foundation
import PostgreSQLFixture
import Testing

@testable import Coordinator

/// The databases that every test of a store runs on.
enum StoreKind: String, CaseIterable, Sendable {
    case sqlite
    case postgreSQL

    /// The kinds that this machine has.
    static let available: [StoreKind] = {
        #if PostgreSQL
            if PostgreSQLServer.shared != nil { return [.sqlite, .postgreSQL] }
        #endif
        return [.sqlite]
    }()
}

/// An empty database, removed with its owner; opened as often as its kind lets one.
final class StoreFixture: Sendable {
    let kind: StoreKind
    let folder: String
    /// How a PostgreSQL database is reached.
    let connectionString: String

    init(_ kind: StoreKind) throws {
        self.kind = kind
        folder = NSTemporaryDirectory() + "covey-coordinator-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        connectionString =
            kind == .sqlite ? "" : try #require(PostgreSQLServer.shared).makeDatabase()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The path of the SQLite file.
    var path: String { folder + "/coordinator.db" }

    func open() async throws -> any CoordinatorStore {
        switch kind {
        case .sqlite: return try await SQLiteStore.open(at: path)
        case .postgreSQL:
            #if PostgreSQL
                return try await PostgreSQLStore.open(connectionString)
            #else
                throw StoreError.unavailable("built without the trait PostgreSQL")
            #endif
        }
    }

    /// Opens the database, and closes it behind `body`.
    func withStore<Result>(
        _ body: (any CoordinatorStore) async throws -> Result
    ) async throws -> Result {
        let store = try await open()
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }
}

/// Thirty-two bytes that differ from those of every other number.
func key(_ number: Int) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) } + [UInt8](repeating: 7, count: 24)
}

func task(_ name: String, checkpoint: [UInt8] = [], model: [UInt8] = []) -> StoredTask {
    StoredTask(
        name: name, state: .gathering, reason: "näher 🐦", scenario: "a: 1\n", devices: 12,
        catalogue: key(900), seed: key(901), queriesDone: 3, checkpoint: checkpoint, model: model,
        created: 1_700_000_000_000)
}

func round(_ number: Int, of task: String) -> StoredRound {
    StoredRound(
        task: task, round: number, query: number / 2, queryName: "gradient", session: key(number),
        state: .charged, invited: 200, survivors: [200, 190, 3], stepEnds: [0, 17, 100_000],
        epsilonCoordinator: 0.1, epsilonObserver: 1e-300, noiseStandardDeviation: .infinity,
        began: 1_700_000_000_000 + Int64(number))
}
