import Sodium
import Testing

@testable import PrivacyLedger

@Suite struct CheckpointTests {
    /// The note of the documentation of golang.org/x/mod/sumdb/note.
    @Test func `a note of another implementation verifies`() throws {
        let key = try VerificationKey(
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        let text = """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.

            \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

            """
        let note = try SignedNote(text)
        #expect(note.isSigned(by: key))
        #expect(note.string == text)
        #expect(key.description.hasPrefix("PeterNeumann+c74f20a3+"))
        let changed = try SignedNote(text.replacing("answer", with: "Answer"))
        #expect(!changed.isSigned(by: key))
    }

    private func checkpoint(_ size: Int, root: UInt8 = 1) throws -> (Checkpoint, SigningKey) {
        let key = try SigningKey(seed: SecretBytes([UInt8](repeating: 3, count: 32)))
        let checkpoint = try Checkpoint(
            origin: "log.example", size: size, root: [UInt8](repeating: root, count: 32),
            fileChecksum: [1, 2, 3], key: key)
        return (checkpoint, key)
    }

    @Test func `a checkpoint reads back, signed and countersigned`() throws {
        var (checkpoint, key) = try checkpoint(17)
        let witness = try SigningKey(seed: SecretBytes([UInt8](repeating: 4, count: 32)))
        try checkpoint.cosign(name: "watch.example", key: witness, time: 1_700_000_000)
        let read = try Checkpoint(checkpoint.note.string)
        #expect(read == checkpoint)
        #expect(
            read.note.isSigned(by: try VerificationKey(name: "log.example", key: key.publicKey)))
        let name = try VerificationKey(
            name: "watch.example", algorithm: .cosignature, key: witness.publicKey)
        #expect(read.note.isSigned(by: name))
        #expect(try VerificationKey(name.description) == name)
        #expect(
            !read.note.isSigned(by: try VerificationKey(name: "watch.example", key: key.publicKey)))
        // The time is part of what is countersigned.
        let signature = try #require(read.note.signatures.last)
        #expect(signature.bytes.count == 4 + 8 + 64)
    }

    @Test func `what is no checkpoint is refused with a reason`() throws {
        let good = try checkpoint(17).0.note.string
        let bad = [
            "", "x", good + "\n", good.replacing("17", with: "017"),
            good.replacing("17", with: "-1"), good.replacing("AQEB", with: "!QEB"),
            good.replacing("\u{2014}", with: "-"), String(good.dropLast()),
            String(repeating: "a", count: 1 << 15), good.replacing("\n\n", with: "\n"),
        ]
        for text in bad { #expect(throws: LedgerError.self) { try Checkpoint(text) } }
        for text in ["a+b", "a+00000000+AQ==", "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"] {
            #expect(throws: LedgerError.self) { try VerificationKey(text) }
        }
    }
}
