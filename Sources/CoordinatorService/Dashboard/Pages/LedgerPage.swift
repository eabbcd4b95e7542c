internal import Coordinator
internal import Simulation

/// The ledger: what it is signed with, its head, and how anybody verifies it.
struct LedgerPage {
    /// Something to do, with what to type.
    struct Instruction {
        let text: String
        let commands: [Listing]
    }

    let origin: String
    let entries: String
    let key: Listing
    let checkpoint: [Listing]
    let isUnsigned: Bool
    let filePath = "/v1/ledger"
    let instructions: [Instruction]
    let budget: BudgetView

    init(_ overview: CoordinatorOverview, address: String) {
        origin = overview.origin
        entries = NumberText.count(overview.ledgerEntries)
        key = .init(id: "ledger-key", name: "key", text: overview.ledgerKey)
        checkpoint =
            overview.checkpoint.isEmpty
            ? [] : [.init(id: "checkpoint", name: "checkpoint", text: overview.checkpoint)]
        isUnsigned = overview.checkpoint.isEmpty
        budget = BudgetView(overview.budget)
        let verify =
            "covey audit verify ledger.covey --public-key \(ShellWord.quoted(overview.ledgerKey))"
        instructions = [
            .init(
                text: "Fetch the ledger and verify it. The first line of the answer says how many "
                    + "rounds are charged, the last whether everything is in order.",
                commands: [
                    .init(
                        id: "verify", name: "commands",
                        text: "curl -fsS -o ledger.covey "
                            + ShellWord.quoted(address + filePath) + "\n" + verify)
                ]),
            .init(
                text: "Take the key from somebody else than this page, where you can: what a page "
                    + "says of itself proves little. Keep the checkpoint above in a file; a later "
                    + "ledger that does not continue it is another one, whoever signed it.",
                commands: [
                    .init(
                        id: "verify-continued", name: "command",
                        text: verify + " --checkpoint seen.txt")
                ]),
            .init(
                text: "For the eighteen disclosures that regulators ask for:",
                commands: [
                    .init(
                        id: "report", name: "command",
                        text: "covey audit report ledger.covey --html report.html")
                ]),
        ]
    }
}
