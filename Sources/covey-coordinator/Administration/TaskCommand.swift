import ArgumentParser
import Coordinator
import Datasets
import FederatedProtocol
import Recommender
import Simulation

/// `covey-coordinator task`
struct TaskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Set up tasks, list them, pause, resume and end them.",
        discussion: """
            EXAMPLES
              covey-coordinator task create simulations/movielens-1m.yaml --devices 6040
              covey-coordinator task list --json
              covey-coordinator task pause movielens-1m
            """,
        subcommands: [Create.self, List.self, Pause.self, Resume.self, End.self])

    /// Sets up a task.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set up a task from a scenario.",
            discussion: """
                The item catalogue is read from the scenario's data here, and sent along; nothing \
                else of the data leaves this machine. The task is announced in the ledger once \
                enough devices are enrolled.

                EXAMPLES
                  covey-coordinator task create simulations/movielens-1m.yaml --devices 6040
                  covey-coordinator task create films.yaml --devices 2000 --set privacy.epsilon=1
                """)

        @Argument(
            help: "The scenario file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
        var scenario: String

        @Option(
            help: """
                The number of devices that the task waits for. The first that enrolled are its \
                population, also those that never come again.
                """)
        var devices: Int

        @Option(help: "What the task is called; the scenario's name where it is not given.")
        var name: String?

        @Option(
            name: .customLong("set"),
            help: ArgumentHelp(
                "Override a key of the scenario; may be repeated.", valueName: "key=value"))
        var overrides: [String] = []

        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await reporting {
                guard let devices = UInt64(exactly: devices) else {
                    throw CommandError("--devices is a number from 0")
                }
                let scenario = try Scenario(path: scenario, overrides: overrides)
                var request = Covey_V1_CreateTaskRequest()
                request.name = name ?? scenario.name
                request.scenario = scenario.resolvedYAML
                request.devices = devices
                request.catalogue = try CatalogueLines.encode(try scenario.readCatalogue())
                let response: Covey_V1_CreateTaskResponse = try await client.makeClient().call(
                    .administration, "CreateTask", request)
                try TaskLines([response.status]).print(json: client.json)
            }
        }
    }

    /// Lists tasks.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the tasks, oldest first.")

        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await reporting {
                let response: Covey_V1_ListTasksResponse = try await client.makeClient().call(
                    .coordinator, "ListTasks", Covey_V1_ListTasksRequest())
                try TaskLines(response.tasks).print(json: client.json)
            }
        }
    }

    /// Pauses a task.
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin no further round of a task; one that is under way is finished.")

        @OptionGroup var change: ChangeOptions

        func run() async throws { try await change.make(.pause) }
    }

    /// Goes on with a task.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Go on with a paused task.")

        @OptionGroup var change: ChangeOptions

        func run() async throws { try await change.make(.resume) }
    }

    /// Ends a task.
    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a task for good; its model stays.")

        @OptionGroup var change: ChangeOptions

        func run() async throws { try await change.make(.end) }
    }

    /// Which task is changed.
    struct ChangeOptions: ParsableArguments {
        @Argument(help: "The task's name.")
        var name: String

        @OptionGroup var client: ClientOptions

        func make(_ change: Covey_V1_ChangeTaskRequest.Change) async throws {
            try await reporting {
                var request = Covey_V1_ChangeTaskRequest()
                request.name = name
                request.change = change
                let response: Covey_V1_ChangeTaskResponse = try await client.makeClient().call(
                    .administration, "ChangeTask", request)
                try TaskLines([response.status]).print(json: client.json)
            }
        }
    }
}

extension Scenario {
    /// The items of the scenario's data.
    fileprivate func readCatalogue() throws -> Catalogue {
        let data =
            switch source {
            case .synthetic(let population): try population.makeData()
            case .file(let path): try DatasetReader.read(path: path)
            }
        return split.catalogue(data.catalogue)
    }
}
