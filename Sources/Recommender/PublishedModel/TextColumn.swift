internal import VectorKernels

/// One byte string for each item: where each ends (UInt32), then all of them.
struct TextColumn: Sendable {
    private let bytes: MappedBytes
    private let start: Int
    private let length: Int
    private let count: Int

    init(_ file: ModelFile, _ part: PublishedModel.Part) throws {
        let range = try file.range(of: part)
        bytes = file.bytes
        count = file.header.items
        start = range.lowerBound
        length = range.count - 4 * count
        guard length >= 0 else { throw file.damaged(part) }
    }

    /// The bytes of one item; empty where the column is not as it should be.
    func bytes(_ item: Int) -> [UInt8] {
        guard item >= 0, item < count else { return [] }
        let first = item == 0 ? 0 : Int(bytes.word(at: start + 4 * (item - 1)))
        let end = Int(bytes.word(at: start + 4 * item))
        guard first <= end, end <= length else { return [] }
        let base = start + 4 * count
        return bytes.bytes(in: base + first..<base + end)
    }

    subscript(item: Int) -> String { String(decoding: bytes(item), as: UTF8.self) }

    static func encode(_ strings: [[UInt8]]) throws -> [UInt8] {
        var ends: [UInt32] = []
        ends.reserveCapacity(strings.count)
        var end = 0
        for string in strings {
            end += string.count
            guard let position = UInt32(exactly: end) else { throw PublicationError.tooMuchText }
            ends.append(position)
        }
        return littleEndian(ends) + strings.joined()
    }

    static func littleEndian(_ words: [UInt32]) -> [UInt8] {
        words.map(\.littleEndian).withUnsafeBytes { [UInt8]($0) }
    }
}
