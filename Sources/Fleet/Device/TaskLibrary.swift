internal import FederatedProtocol
package import Recommender
package import Simulation

/// What devices need of a coordinator's tasks, asked for once by all devices of a process.
package struct TaskLibrary: Sendable {
    /// A task as its devices see it.
    package struct TrainingTask: Sendable {
        package let scenario: Scenario
        package let trainer: any LocalTrainer
    }

    private let client: CoordinatorClient
    private let catalogue: Catalogue
    private let tasks = SharedLoads<String, TrainingTask>(capacity: 16)

    /// - Parameters:
    ///   - client: The way to the coordinator.
    ///   - catalogue: The items that the devices know.
    package init(client: CoordinatorClient, catalogue: Catalogue) {
        self.client = client
        self.catalogue = catalogue
    }

    /// A task by its name.
    ///
    /// - Throws: ``FleetError/otherCatalogue(task:expected:found:)``, what is wrong with the scenario,
    ///   or what the call throws.
    package func task(_ name: String) async throws -> TrainingTask {
        try await tasks.value(name) { [client, catalogue] in
            var request = Covey_V1_GetTaskRequest()
            request.name = name
            let answer: Covey_V1_GetTaskResponse = try await client.call(.getTask, request)
            let scenario = try Scenario(yaml: answer.scenario, source: "task \(name)")
            let algorithm = try scenario.makeAlgorithm(
                catalogue: catalogue, devices: Int(clamping: answer.status.devices))
            return TrainingTask(scenario: scenario, trainer: Self.trainer(algorithm))
        }
    }

    private static func trainer(_ algorithm: some FederatedAlgorithm) -> any LocalTrainer {
        AlgorithmTrainer(algorithm)
    }
}
