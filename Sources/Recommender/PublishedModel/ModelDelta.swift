internal import Sodium
internal import VectorKernels

/// What changes from one published model to another, so that a device that has the one need not fetch
/// all of the other.
///
/// Parts of the same name are compared in pieces of 64 bytes, the size of the smallest unit that a
/// table is read in; pieces that differ are sent as they are. A delta needs no signature: what comes
/// out is checked as any model is, against its own signature and checksums.
///
/// On disk, numbers least significant byte first: the magic `COVEY\0D\n`; version (UInt32); the digest
/// of the model that it leads from (32 bytes); the length of the new header (UInt32), the header and
/// its signature (64 bytes); then for each section of the new header, in order, a bitmap with one bit
/// for each piece (lowest bit first), followed by the pieces whose bit is set.
public struct ModelDelta: Sendable {
    /// The version this code writes, and the only one it reads.
    public static let version: UInt32 = 1
    private static let magic = [UInt8]("COVEY\0D\n".utf8)
    private static let piece = 64
    private static let headerStart = 8 + 4 + 32 + 4

    /// The bytes as they are sent.
    public let encoded: [UInt8]

    /// A delta as it was received; see ``applied(to:)``.
    public init(_ bytes: [UInt8]) { encoded = bytes }

    /// What changes from `old` to `new`.
    public init(from old: PublishedModel, to new: PublishedModel) {
        let (old, new) = (old.file, new.file)
        var bytes = Self.magic + Self.littleEndian(Self.version) + old.digest
        bytes += Self.littleEndian(UInt32(new.headerBytes.count))
        bytes += new.headerBytes + new.signature
        for section in new.header.sections {
            let after = new.bytes.bytes(in: new.range(of: section))
            let before = Self.section(section.name, of: old)
            let count = Self.pieceCount(after.count)
            var bitmap = [UInt8](repeating: 0, count: (count + 7) / 8)
            var changed: [UInt8] = []
            for number in 0..<count {
                let start = number * Self.piece
                let piece = after[start..<min(start + Self.piece, after.count)]
                guard piece.endIndex > before.count || before[piece.indices] != piece else {
                    continue
                }
                bitmap[number / 8] |= 1 << UInt8(number % 8)
                changed += piece
            }
            bytes += bitmap + changed
        }
        encoded = bytes
    }

    /// The model that the delta leads to, checked as a whole.
    ///
    /// - Parameters:
    ///   - old: The model it leads from.
    ///   - key: The key that must have signed the new model.
    /// - Throws: ``PublishedModelError``.
    public func applied(to old: PublishedModel, trusting key: [UInt8]?) throws -> PublishedModel {
        try PublishedModel(
            MappedBytes(copying: rebuilt(from: old, trusting: key)), path: "the updated model",
            trusting: key)
    }

    /// The file that the delta leads to; its header is checked before anything is made of it, its
    /// content is not.
    private func rebuilt(from old: PublishedModel, trusting key: [UInt8]?) throws -> [UInt8] {
        let damaged = PublishedModelError.damaged(path: "the delta", part: "content")
        guard encoded.starts(with: Self.magic), encoded.count >= Self.headerStart else {
            throw damaged
        }
        let version = word(at: 8)
        guard version == Self.version else {
            throw PublishedModelError.unknownVersion(path: "the delta", version)
        }
        guard Array(encoded[12..<44]) == old.digest else {
            throw PublishedModelError.otherBase(
                expected: hexadecimal(encoded[12..<44]), actual: hexadecimal(old.digest))
        }
        let headerLength = Int(word(at: 44))
        let signatureEnd = Self.headerStart + headerLength + SigningKey.signatureLength
        guard headerLength <= PublishedModel.longestHeader, signatureEnd <= encoded.count else {
            throw damaged
        }
        let headerBytes = Array(encoded[Self.headerStart..<Self.headerStart + headerLength])
        try ModelFile.verify(
            headerBytes, signature: Array(encoded[(signatureEnd - 64)..<signatureEnd]),
            trusting: key, path: "the delta")
        guard let header = try? ModelHeader.decode(headerBytes),
            Set(header.sections.map(\.name)).count == header.sections.count
        else { throw damaged }
        var file = ModelFile.prefix(headerLength: headerLength)
        file += encoded[Self.headerStart..<signatureEnd]
        let sectionsStart = ModelFile.aligned(file.count)
        var position = signatureEnd
        for section in header.sections {
            let before = Self.section(section.name, of: old.file)
            // Sections follow each other, and hold no more than what is there and what was sent.
            let start = ModelFile.aligned(file.count)
            guard section.length >= 0, section.length <= before.count + encoded.count,
                section.offset == start - sectionsStart
            else { throw damaged }
            file += [UInt8](repeating: 0, count: start - file.count)
            let count = Self.pieceCount(section.length)
            let bitmap = position
            position += (count + 7) / 8
            guard position <= encoded.count else { throw damaged }
            for number in 0..<count {
                let first = number * Self.piece
                let length = min(Self.piece, section.length - first)
                if encoded[bitmap + number / 8] >> UInt8(number % 8) & 1 == 1 {
                    guard position + length <= encoded.count else { throw damaged }
                    file += encoded[position..<position + length]
                    position += length
                } else {
                    guard first + length <= before.count else { throw damaged }
                    file += before[first..<first + length]
                }
            }
        }
        guard position == encoded.count else { throw damaged }
        return file
    }

    private static func section(_ name: String, of file: ModelFile) -> [UInt8] {
        file.header.sections.first { $0.name == name }.map {
            file.bytes.bytes(in: file.range(of: $0))
        } ?? []
    }

    private static func pieceCount(_ byteCount: Int) -> Int { (byteCount + piece - 1) / piece }

    private func word(at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(encoded[offset + $1]) << UInt32(8 * $1) }
    }

    private static func littleEndian(_ word: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
    }
}
