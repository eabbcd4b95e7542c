import Coordinator
import Foundation
import PostgreSQLFixture
import PrivacyLedger
import Sodium
import Testing

/// A coordinator is killed again and again while devices train, at every step of rounds and between
/// them; nothing that it acknowledged may be missing when it is back.
@Suite("Crashes of a coordinator", .serialized) struct CoordinatorCrashTests {
    /// What a coordinator has told the world.
    private struct Acknowledged {
        var ledger = Data()
        var enrolled = 0
        var queriesDone = 0
        var model = Data()

        /// Looks at a coordinator; what it does not answer stays as it was.
        mutating func look(at coordinator: CoordinatorProcess) async throws {
            if let ledger = try await coordinator.get("v1/ledger") { self.ledger = ledger }
            guard let overview = try await coordinator.overview() else { return }
            enrolled = overview.population.enrolled
            queriesDone = overview.tasks.first?.queriesDone ?? queriesDone
            if let model = try await coordinator.get("v1/models/training") { self.model = model }
        }
    }

    private static let scenario = """
        name: training
        data: {users: 12, items: 60}
        algorithm: {name: federated-averaging, rounds: 24, dimensions: 4}
        privacy: {epsilon: 90, delta: 1e-5}
        cohort: {selection: everyone, toleratedDropout: 0.4, colludingShare: 0.05, spareRounds: 150}
        """

    /// The moments at which it is killed: a step under way, or nil for any moment.
    private static let moments: [String?] = [
        "advertising", "sharing", "masking", "endorsing", "unmasking", "revealing", nil, nil,
    ]

    @Test(arguments: ["SQLite", "PostgreSQL"])
    func `a coordinator that is killed at any moment loses nothing that it acknowledged`(
        _ kind: String
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var store = folder.appending(path: "coordinator.sqlite").path
        if kind == "PostgreSQL" {
            #if PostgreSQL
                guard let server = PostgreSQLServer.shared else {
                    return print("PostgreSQL is not installed: its crashes are not tested")
                }
                store = CoordinatorProcess.address(ofDatabase: try server.makeDatabase())
            #else
                return print("built without the trait PostgreSQL: its crashes are not tested")
            #endif
        }
        let settings = folder.appending(path: "coordinator.yaml")
        try CoordinatorProcess.settings(store: store, folder: folder)
            .write(to: settings, atomically: true, encoding: .utf8)
        let scenario = folder.appending(path: "scenario.yaml")
        try Self.scenario.write(to: scenario, atomically: true, encoding: .utf8)
        let port = CoordinatorProcess.freePort()
        let log = folder.appending(path: "log")

        var coordinator = try await CoordinatorProcess(settings: settings, port: port, log: log)
        let url = "http://127.0.0.1:\(port)"
        let created = try await Program.run(
            CoordinatorProcess.programs.appending(path: "covey-coordinator"),
            ["task", "create", scenario.path, "--devices", "12", "--url", url],
            environment: ["COVEY_ADMINISTRATION_TOKEN": CoordinatorProcess.token])
        try #require(created.status == 0, "\(String(decoding: created.output, as: UTF8.self))")
        let fleet = Task {
            try await Program.run(
                CoordinatorProcess.programs.appending(path: "covey-fleet"),
                [
                    "run", "--coordinator", url, "--folder", folder.appending(path: "fleet").path,
                    "--scenario", scenario.path, "--devices", "12", "--cap", "1000000",
                    "--until-finished", "training", "--json",
                ])
        }
        var random = SeededRandomness(seed: 3, label: "kill", kind)
        var acknowledged = Acknowledged()
        var kills: [String: Int] = [:]
        for number in 0..<48 {
            let step = try await coordinator.wait(
                for: Self.moments[number % Self.moments.count], random: &random)
            try await acknowledged.look(at: coordinator)
            if let task = try await coordinator.overview()?.tasks.first, task.state == "finished" {
                break
            }
            await coordinator.kill()
            kills[step ?? "between", default: 0] += 1
            coordinator = try await CoordinatorProcess(settings: settings, port: port, log: log)
            var found = Acknowledged()
            try await found.look(at: coordinator)
            #expect(found.ledger.starts(with: acknowledged.ledger), "kill \(number)")
            #expect(found.enrolled >= acknowledged.enrolled, "kill \(number)")
            #expect(found.queriesDone >= acknowledged.queriesDone, "kill \(number)")
            if found.queriesDone == acknowledged.queriesDone {
                #expect(found.model == acknowledged.model, "kill \(number)")
            }
        }
        let result = try await fleet.value
        #expect(result.status == 0, "\(String(decoding: result.output, as: UTF8.self))")
        let task = try #require(try await coordinator.overview()?.tasks.first)
        #expect(task.state == "finished", "\(task.reason)")
        #expect(task.queriesDone == 24)
        let ledger = try #require(try await coordinator.get("v1/ledger"))
        let verification = try LedgerVerification(bytes: [UInt8](ledger))
        #expect(verification.findings.isEmpty, "\(verification.findings)")
        // Whatever was charged counts, revealed or not.
        let charges = verification.entries.count {
            if case .charge = $0.content { true } else { false }
        }
        #expect(charges >= 24)
        print("\(kind): killed at \(kills.sorted { $0.key < $1.key }), \(charges) rounds charged")
        await coordinator.stop()
    }
}

extension CoordinatorProcess {
    fileprivate func overview() async throws -> CoordinatorOverview? {
        guard let json = try await get("overview.json") else { return nil }
        return try JSONDecoder().decode(CoordinatorOverview.self, from: json)
    }

    /// Waits for a step of a round, or for any moment.
    fileprivate func wait(
        for step: String?, random: inout SeededRandomness
    ) async throws -> String? {
        guard let step else {
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...1500, using: &random)))
            return nil
        }
        let end = ContinuousClock.now + .seconds(4)
        while ContinuousClock.now < end {
            let overview = try await overview()
            if overview?.tasks.first?.latest.last?.step == step { return step }
        }
        return nil
    }
}
