import ArgumentParser
import Foundation
import PrivacyLedger
import Sodium

extension Audit {
    /// Countersigns the head of a ledger.
    struct Witness: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "witness",
            abstract: "Countersign the head of a ledger that continues what was signed before.",
            discussion: """
                A witness is a second party who looks at the ledger now and then. Its state is the \
                last checkpoint that it countersigned; it refuses one that does not continue it, so \
                that the owner cannot show different people different histories.

                Examples:
                  covey audit witness ledger.covey --name watch.example --key witness.key \\
                      --state witnessed.txt
                  covey audit verify ledger.covey --checkpoint witnessed.txt --witness witness.key.pub
                """)

        @Argument(help: "The ledger file.", completion: .file(extensions: ["covey"]))
        var ledger: String

        @Option(help: ArgumentHelp("The witness's name.", valueName: "name"))
        var name: String

        @Option(
            help: ArgumentHelp(
                "The file of its secret key; made, with the public one beside it, if there is none.",
                valueName: "file"))
        var key: String

        @Option(
            help: ArgumentHelp(
                "The file of the last countersigned checkpoint, which is replaced.",
                valueName: "file"))
        var state: String

        @Option(help: ArgumentHelp("The owner's public key, or a file with it.", valueName: "key"))
        var publicKey: String?

        func run() throws {
            try reporting {
                let earlier =
                    FileManager.default.fileExists(atPath: state)
                    ? [try AuditFile.checkpoint(state)] : []
                let verification = try LedgerVerification(
                    path: ledger,
                    evidence: .init(
                        key: try publicKey.map(AuditFile.key), checkpoints: earlier))
                guard verification.findings.isEmpty, var head = verification.checkpoint else {
                    print(
                        VerifyAnswer(verification, path: ledger, isKeyPinned: publicKey != nil).text
                    )
                    throw ExitCode(1)
                }
                let key = try SigningKeyFile.read(or: name, at: key)
                try head.cosign(name: name, key: key, time: UInt64(Date().timeIntervalSince1970))
                try Data(head.note.string.utf8).write(to: URL(filePath: state), options: .atomic)
                print(head.note.string, terminator: "")
            }
        }
    }
}

/// A signing key in a file: 32 bytes in base64, readable by its owner alone.
enum SigningKeyFile {
    /// Reads the key at `path`, or makes one for a witness of a name, with its public key in a
    /// file beside it.
    static func read(or name: String, at path: String) throws -> SigningKey {
        if let data = FileManager.default.contents(atPath: path) {
            guard let seed = Data(base64Encoded: data.filter { $0 != UInt8(ascii: "\n") }),
                seed.count == SigningKey.seedLength
            else { throw LedgerError.invalidKey(path) }
            return try SigningKey(seed: SecretBytes([UInt8](seed)))
        }
        var seed = [UInt8](repeating: 0, count: SigningKey.seedLength)
        var randomness = SystemRandomness()
        randomness.fill(&seed)
        let key = try SigningKey(seed: SecretBytes(seed))
        let isMade = FileManager.default.createFile(
            atPath: path, contents: Data((Data(seed).base64EncodedString() + "\n").utf8),
            attributes: [.posixPermissions: 0o600])
        guard isMade else { throw LedgerError.unwritable(path: path) }
        let name = try VerificationKey(name: name, algorithm: .cosignature, key: key.publicKey)
        try Data("\(name)\n".utf8).write(to: URL(filePath: path + ".pub"))
        return key
    }
}
