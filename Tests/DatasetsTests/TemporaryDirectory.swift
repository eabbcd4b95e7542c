import Foundation

/// A directory for one test's files, removed with its owner.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "covey-datasets-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Writes a text file and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }
}

/// `content` as a gzip member of stored blocks (RFC 1951 3.2.4, RFC 1952 2.3).
func gzip(_ content: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = content[...]
    repeat {
        let block = rest.prefix(65_535)
        rest = rest.dropFirst(65_535)
        let count = UInt16(block.count)
        result.append(rest.isEmpty ? 1 : 0)
        for number in [count, ~count] {
            result.append(UInt8(number & 255))
            result.append(UInt8(number >> 8))
        }
        result.append(contentsOf: block)
    } while !rest.isEmpty
    var checksum = UInt32.max
    for byte in content {
        checksum ^= UInt32(byte)
        for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1) * 0xEDB8_8320 }
    }
    for number in [~checksum, UInt32(content.count)] {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            result.append(UInt8(number >> shift & 255))
        }
    }
    return result
}
