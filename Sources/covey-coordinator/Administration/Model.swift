import ArgumentParser
import CoordinatorService
import Foundation

/// `covey-coordinator model`
struct Model: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fetch the models that were trained.", subcommands: [Export.self])

    /// Saves a model.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Save the published model of a task, as 'covey rank' and devices read it.",
            discussion: """
                EXAMPLES
                  covey-coordinator model export films --output films.covey
                """)

        @Argument(help: "The task's name.")
        var task: String

        @Option(help: "The file to write.", completion: .file())
        var output: String

        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await reporting {
                let bytes = try await client.makeClient().get(
                    "/v1/models/\(task.percentEncoded)")
                do { try Data(bytes).write(to: URL(filePath: output), options: .atomic) } catch {
                    throw CommandError(
                        "\(output) cannot be written; check its folder and permissions")
                }
                try print(
                    FileReport(file: output, bytes: bytes.count), json: client.json,
                    "\(output): \(bytes.count) bytes")
            }
        }
    }
}
