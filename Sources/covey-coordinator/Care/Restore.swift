import ArgumentParser
import Coordinator
import CoordinatorService
import Foundation

/// `covey-coordinator restore`
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill a new store from a backup.",
        discussion: """
            Devices that have seen a longer ledger than the one restored will take part no more: \
            restore the newest backup, and tell devices of a new ledger otherwise.

            EXAMPLES
              covey-coordinator restore covey.backup --set store=new.sqlite
            """)

    @Argument(help: "The file that 'backup' wrote.", completion: .file())
    var file: String

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try await reporting {
            let store = try await options.read().store.open()
            do { try await store.restore(from: file) } catch {
                await store.close()
                throw error
            }
            await store.close()
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
            try print(CareReport(file: file, bytes: size), json: json, "\(file): restored")
        }
    }
}
