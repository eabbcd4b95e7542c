import Foundation
import Sodium
import Testing

/// The test vectors of `protocol/vectors`, which a second implementation can check itself against.
/// With COVEY_WRITE_VECTORS=1 in the environment they are written anew.
enum VectorFiles {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Checks that the file `name` holds `computed`.
    static func check<Value: Codable & Equatable>(_ name: String, _ computed: Value) throws {
        let file = repository.appending(path: "protocol/vectors").appending(path: name)
        if ProcessInfo.processInfo.environment["COVEY_WRITE_VECTORS"] == "1" {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try (encoder.encode(computed) + Data("\n".utf8)).write(to: file)
        }
        let stored = try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
        let isSame = stored == computed
        #expect(isSame, "\(name) holds other values")
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func bytes(_ hexadecimal: String) -> [UInt8] {
        stride(from: 0, to: hexadecimal.count - 1, by: 2).compactMap { offset in
            let start = hexadecimal.index(hexadecimal.startIndex, offsetBy: offset)
            return UInt8(hexadecimal[start...].prefix(2), radix: 16)
        }
    }
}

/// The draws of a device in the test vectors, from a key: 32-byte secrets from the next whole block
/// each, words from 4096 bytes at a time of what follows.
struct VectorRandomness: RandomSource {
    private var stream: ChaCha20
    private var buffer: [UInt32] = []
    private var position = 0

    init(key: [UInt8]) throws { stream = try ChaCha20(key: SecretBytes(key)) }

    mutating func fill(_ bytes: inout [UInt8]) { stream.fill(&bytes) }
    mutating func fill(_ words: inout [UInt32]) { stream.fill(&words) }

    mutating func next() -> UInt64 {
        if position == buffer.count {
            buffer = [UInt32](repeating: 0, count: 1024)
            stream.fill(&buffer)
            position = 0
        }
        defer { position += 2 }
        return UInt64(buffer[position]) | UInt64(buffer[position + 1]) << 32
    }
}
