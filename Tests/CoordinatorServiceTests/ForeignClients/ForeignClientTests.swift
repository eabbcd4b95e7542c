import Coordinator
import FederatedProtocol
import Fleet
import Foundation
import PrivacyLedger
import Simulation
import Testing

/// Clients that this project did not write: those of `connectrpc` in Python, and a second
/// implementation of the device's side.
@Suite(
    .enabled("Python 3.11 with pip, and the packages of requirements.txt") {
        await PythonClients.shared.value != nil
    }, .timeLimit(.minutes(10)))
struct ForeignClientTests {
    private typealias Answer = PythonClients.Answer

    @Test(arguments: ["binary", "json"], ["gzip", "identity"])
    func `a Connect client of another maker makes every call`(
        codec: String, compression: String
    ) async throws {
        let python = try #require(await PythonClients.shared.value)
        let lines = try await RunningPopulation.with(devices: 10) { population in
            try await python.run("client.py", [population.url, codec, compression])
        }
        let steps = Dictionary(grouping: lines) { $0["step"] }.mapValues { $0[0] }
        func step(_ name: String) throws -> [String: Answer] {
            try #require(steps[.text(name)], "\(name)")
        }
        let described = try step("Describe")
        #expect(described["origin"] == .text("films.example/recommender"))
        #expect(described["size"] == .number(3))
        let enrolled = try step("Enrol")
        #expect(enrolled["number"] == .number(0))
        #expect(enrolled["again"] == .number(0))
        #expect(enrolled["lasts"] == .flag(true))
        #expect(try step("CheckIn")["result"] == .text("wait"))
        #expect(try step("ReceiveMessage of an unknown round")["result"] == .text("ended"))
        #expect(try step("GetInclusionProof")["isOpening"] == .flag(true))
        #expect(try step("GetInclusionProof")["hashes"] == .number(2))
        #expect(try step("GetInclusionProof of the newest")["characters"] == .number(4200))
        #expect(
            try step("GetConsistencyProof")
                == [
                    "step": .text("GetConsistencyProof"), "old": .number(1), "new": .number(3),
                    "hashes": .number(2),
                ])
        #expect(try step("ListTasks")["names"] == .list([.text("films")]))
        #expect(try step("ListTasks")["devices"] == .list([.number(10)]))
        #expect(try step("GetTask")["isScenario"] == .flag(true))
        #expect(try step("Describe with an unknown field")["isAnswered"] == .flag(true))

        let refusals: [(step: String, code: String, status: Int)] = [
            ("Enrol with a wrong signature", "unauthenticated", 401),
            ("CheckIn without a token", "unauthenticated", 401),
            ("SubmitMessage of an unknown round", "failed_precondition", 400),
            ("GetTask of no task", "not_found", 404),
            ("Describe by GET", "unimplemented", 405),
        ]
        for refusal in refusals {
            let found = try step(refusal.step)
            #expect(found["refused"] == .text(refusal.code))
            #expect(found["status"] == .number(refusal.status))
            #expect(found["message"] != .text(""))
        }
    }

    @Test func `a device of another maker takes part in every round beside ours`() async throws {
        let python = try #require(await PythonClients.shared.value)
        let (lines, summary, ledger) = try await RunningPopulation.with(devices: 10) { population in
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "covey-fleet-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            var options = FleetOptions(coordinator: population.url, folder: folder, cap: 1000)
            options.devices = 9
            options.end = .task(RunningPopulation.task)
            let fleet = try Fleet(
                simulation: population.simulation, options: options, interruption: Interruption(),
                report: { _ in })
            async let summary = fleet.run()
            let lines = try await python.run(
                "participant.py", [population.url, RunningPopulation.task, "3"])
            return (lines, try await summary, try await population.coordinator.ledger(from: 0))
        }
        #expect(lines.map { $0["round"] } == [.number(0), .number(1), .number(2)])
        #expect(lines.allSatisfy { $0["completed"] == .flag(true) })
        // Nobody was missing at any step.
        let verification = try LedgerVerification(bytes: ledger)
        #expect(verification.findings.isEmpty)
        let answered = verification.entries.compactMap { entry -> [Int]? in
            if case .charge(let charge) = entry.content { charge.survivors } else { nil }
        }
        #expect(answered.count == 3)
        #expect(answered.allSatisfy { $0.allSatisfy { $0 == 10 } && !$0.isEmpty })
        let contributors = verification.entries.compactMap { entry -> Int? in
            guard case .outcome(let outcome) = entry.content,
                case .completed(let contributors, _, _) = outcome.result
            else { return nil }
            return contributors
        }
        #expect(contributors == [10, 10, 10], "devices left: \(summary.reasons)")
    }
}
