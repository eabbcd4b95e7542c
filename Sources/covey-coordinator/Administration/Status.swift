import ArgumentParser
import Coordinator
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
            """)

    @OptionGroup var client: ClientOptions

    func run() async throws {
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
