import ArgumentParser
import PrivacyLedger

/// A ledger to be checked, and whose it must be.
struct LedgerOptions: ParsableArguments {
    @Argument(help: "The ledger file.", completion: .file(extensions: ["covey"]))
    var ledger: String

    @Option(
        help: ArgumentHelp(
            "The owner's public key, or a file with it; without it, the ledger's own word is "
                + "taken for its key.", valueName: "key"))
    var publicKey: String?

    /// Whether the key is known from elsewhere.
    var isKeyPinned: Bool { publicKey != nil }

    func verification(
        checkpoints: [Checkpoint] = [], witnesses: [VerificationKey] = []
    ) throws -> LedgerVerification {
        try LedgerVerification(
            path: ledger,
            evidence: .init(
                key: try publicKey.map(AuditFile.key), checkpoints: checkpoints,
                witnesses: witnesses))
    }
}
