import ArgumentParser
import Coordinator
import CoordinatorService
import Foundation

/// `covey-coordinator backup`
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the whole store, as of one moment, to a file.",
        discussion: """
            The coordinator may go on meanwhile. The file can be restored into either kind of store.

            EXAMPLES
              covey-coordinator backup /var/backups/covey.backup --config coordinator.yaml
            """)

    @Argument(help: "The file to write; there must be none of this name.", completion: .file())
    var file: String

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try await reporting {
            let folder = URL(filePath: file).deletingLastPathComponent().path
            guard FileManager.default.fileExists(atPath: folder) else {
                throw CommandError(
                    "\(file): there is no folder \(folder); make it first, closed to others "
                        + "(install -d -m 0700 \(folder))")
            }
            let store = try await options.read().store.openForBackup()
            do { try await store.backUp(to: file) } catch {
                await store.close()
                throw error
            }
            await store.close()
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
            try print(
                FileReport(file: file, bytes: size), json: json, "\(file): \(size) bytes written")
        }
    }
}
