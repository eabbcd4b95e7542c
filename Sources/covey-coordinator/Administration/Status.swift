import ArgumentParser
import Coordinator
import CoordinatorService
import FederatedProtocol
import Foundation

/// `covey-coordinator status`
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what the coordinator does, and what the ledger has spent.",
        discussion: """
            EXAMPLES
              covey-coordinator status --url https://covey.shop.example
              covey-coordinator status --json
              covey-coordinator status --ready --config coordinator.yaml
            """)

    @Flag(
        help: """
            Say only whether calls are answered: status 0, or 1. Without --url, the coordinator of these \
            settings on this machine is asked, whatever name it has for others.
            """)
    var ready = false

    @OptionGroup var client: ClientOptions

    func run() async throws {
        if ready { return try await reporting { try await checkReadiness() } }
        try await reporting {
            let connection = try client.makeClient()
            let overview = try await connection.get("/overview.json")
            guard !client.json else { return print(String(decoding: overview, as: UTF8.self)) }
            let response: Covey_V1_ListTasksResponse = try await connection.call(
                .coordinator, "ListTasks", Covey_V1_ListTasksRequest())
            print(try JSONDecoder().decode(CoordinatorOverview.self, from: Data(overview)).text)
            try TaskLines(response.tasks).print(json: false)
        }
    }

    private func checkReadiness() async throws {
        let settings = try client.settings()
        let connection = AdministrationClient(
            url: client.url == nil ? settings.server.localURL : settings.server.url, token: nil)
        let hindrance: String?
        do { hindrance = try await connection.hindrance(isLocal: client.url == nil) } catch {
            hindrance = "\(error)"
        }
        print(hindrance.map { "not ready: \($0)" } ?? "ready")
        if hindrance != nil { throw ExitCode(1) }
    }
}

extension ServerConfiguration {
    /// Where the machine itself reaches the coordinator.
    var localURL: String {
        let listener = operations ?? Listener(address: address, port: port)
        let scheme = operations == nil && tls != nil ? "https" : "http"
        let host =
            switch listener.address {
            case "0.0.0.0": "127.0.0.1"
            case "::": "[::1]"
            case let address where address.contains(":"): "[\(address)]"
            default: listener.address
            }
        return "\(scheme)://\(host):\(listener.port)"
    }
}

extension CoordinatorOverview {
    /// In a few lines, without the tasks.
    fileprivate var text: String {
        func number(_ value: Double) -> String { String(format: "%.4g", value) }
        let spent =
            budget.against == "observer" ? budget.epsilonObserver : budget.epsilonCoordinator
        return """
            \(origin), version \(version), \(replicas.count) running
            ledger: \(ledgerEntries) entries, key \(ledgerKey)
            privacy: epsilon \(number(spent)) of \(number(budget.epsilon)) spent against the \
            \(budget.against), delta \(number(budget.delta))
            devices: \(population.enrolled) enrolled, \(population.present) present, \
            \(population.inRounds) in rounds
            """
    }
}
