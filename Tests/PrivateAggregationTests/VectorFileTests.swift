import Foundation
import PrivateAggregation
import SecureAggregation
import Sodium
import Testing
import VectorKernels

/// The test vectors of `protocol/vectors`, which a second implementation can check itself against. With
/// COVEY_WRITE_VECTORS=1 in the environment they are written anew.
@Suite struct VectorFileTests {
    /// Packing at several widths.
    private struct Packing: Codable, Equatable {
        var bits: Int
        var values: [UInt32]
        var packed: String
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "protocol/vectors")

    private func check<Value: Codable & Equatable>(_ name: String, _ computed: Value) throws {
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["COVEY_WRITE_VECTORS"] == "1" {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try (encoder.encode(computed) + Data("\n".utf8)).write(to: file)
        }
        let stored = try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
        #expect(stored == computed)
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func content(_ secret: SecretBytes) -> [UInt8] {
        secret.withBytes { span in span.indices.map { span[$0] } }
    }

    @Test func `packing`() throws {
        let values = (0..<11).map { UInt32(truncatingIfNeeded: ($0 + 1) &* 0x9e37_79b9) }
        try check(
            "packing.json",
            [1, 7, 8, 18, 20, 31, 32].map { bits in
                Packing(
                    bits: bits, values: values, packed: hexadecimal(RingVector(values, bits: bits).packed()))
            })
    }
}
