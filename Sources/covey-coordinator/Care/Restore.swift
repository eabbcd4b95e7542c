import ArgumentParser
import Coordinator
import CoordinatorService
import PrivacyLedger
import Sodium

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
            let ledger = try await restore(into: try options.read().store)
            let report = try RestoreReport(file: file, ledger: ledger)
            try print(report, json: json, report.text)
        }
    }

    /// Fills a store, and leaves none behind where that fails.
    ///
    /// - Returns: The ledger that it has then.
    private func restore(into location: StoreLocation) async throws -> [UInt8] {
        let isNew = location.isMissing
        let store: any CoordinatorStore
        do { store = try await location.open() } catch StoreError.inUse(let place) {
            throw CommandError(
                "\(place) is in use by a coordinator that is running; stop it, and move its store "
                    + "away: a backup is restored into a new one")
        }
        do {
            try await store.restore(from: file)
            let ledger = try await store.ledger(from: 0)
            await store.close()
            return ledger
        } catch {
            await store.close()
            if isNew { location.removeFiles() }
            throw error
        }
    }
}

/// What was restored, in the words of 'covey audit verify'.
private struct RestoreReport: Encodable {
    let file: String
    /// The entries of the ledger.
    let entries: Int
    /// The head of the ledger; nil where nothing was signed yet.
    let root: String?

    init(file: String, ledger: [UInt8]) throws {
        self.file = file
        let verification = ledger.isEmpty ? nil : try LedgerVerification(bytes: ledger)
        entries = verification?.entries.count ?? 0
        root = verification?.checkpoint.map { hexadecimal($0.root) }
    }

    var text: String {
        "\(file): restored, \(entries) entries\nhead      \(root ?? "none, nothing was signed yet")"
    }
}
