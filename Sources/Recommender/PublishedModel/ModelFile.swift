internal import Sodium
internal import VectorKernels

/// The frame of a published model's file: magic, version, header, signature and sections.
struct ModelFile: Sendable {
    let bytes: MappedBytes
    let path: String
    let header: ModelHeader
    /// The header as it is signed.
    let headerBytes: [UInt8]
    let signature: [UInt8]
    private let sectionsStart: Int

    static let alignment = 64
    private static let prefixLength = 16

    init(_ bytes: MappedBytes, path: String) throws {
        self.bytes = bytes
        self.path = path
        guard bytes.count >= Self.prefixLength,
            bytes.bytes(in: 0..<8) == PublishedModel.magic
        else { throw PublishedModelError.notAModel(path: path) }
        let version = bytes.word(at: 8)
        guard version == PublishedModel.version else {
            throw PublishedModelError.unknownVersion(path: path, version)
        }
        let length = Int(bytes.word(at: 12))
        let end = Self.prefixLength + length
        guard length <= PublishedModel.longestHeader,
            end + SigningKey.signatureLength <= bytes.count
        else { throw PublishedModelError.damaged(path: path, part: "header") }
        headerBytes = bytes.bytes(in: Self.prefixLength..<end)
        signature = bytes.bytes(in: end..<end + SigningKey.signatureLength)
        sectionsStart = Self.aligned(end + SigningKey.signatureLength)
        do { header = try ModelHeader.decode(headerBytes) } catch {
            throw PublishedModelError.damaged(path: path, part: "header")
        }
        guard header.items >= 0, header.items < Int(Int32.max), header.dimensions > 0,
            header.dimensions <= 1 << 16
        else { throw PublishedModelError.damaged(path: path, part: "header") }
        try checkLayout(afterSignature: end + SigningKey.signatureLength)
    }

    /// Sections follow each other with nothing but zeros between, and nothing comes after the last.
    private func checkLayout(afterSignature start: Int) throws {
        var end = start
        for section in header.sections {
            let first = Self.aligned(end)
            guard section.offset == first - sectionsStart, section.length >= 0,
                first <= bytes.count, section.length <= bytes.count - first,
                bytes.bytes(in: end..<first).allSatisfy({ $0 == 0 })
            else { throw PublishedModelError.damaged(path: path, part: "header") }
            end = first + section.length
        }
        guard end == bytes.count else {
            throw PublishedModelError.damaged(path: path, part: "length")
        }
    }

    /// The file with these sections, in this order.
    static func encode(
        _ header: ModelHeader, sections: [(part: PublishedModel.Part, bytes: [UInt8])],
        key: SigningKey?
    ) throws -> [UInt8] {
        var header = header
        header.publicKey = key.map { hexadecimal($0.publicKey) }
        header.sections = []
        var offset = 0
        for (part, bytes) in sections {
            header.sections.append(
                .init(
                    name: part.rawValue, offset: offset, length: bytes.count,
                    digest: hexadecimal(BLAKE2b.hash(bytes))))
            offset = aligned(offset + bytes.count)
        }
        let headerBytes = try header.encoded()
        let signature =
            key?.sign(signedMessage(headerBytes))
            ?? [UInt8](repeating: 0, count: SigningKey.signatureLength)
        var file = prefix(headerLength: headerBytes.count) + headerBytes + signature
        for (_, bytes) in sections {
            file += [UInt8](repeating: 0, count: aligned(file.count) - file.count)
            file += bytes
        }
        return file
    }

    static func prefix(headerLength: Int) -> [UInt8] {
        PublishedModel.magic
            + [PublishedModel.version, UInt32(headerLength)].flatMap { word in
                stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: word >> $0) }
            }
    }

    private static func signedMessage(_ header: [UInt8]) -> [UInt8] {
        var hash = BLAKE2b(context: "covey published model")
        hash.update(lengthPrefixed: header)
        return hash.finalize()
    }

    static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

    var digest: [UInt8] { BLAKE2b.hash(headerBytes + signature) }

    func verify(trusting key: [UInt8]?) throws {
        try Self.verify(headerBytes, signature: signature, trusting: key, path: path)
    }

    /// Checks the signature of a header, where a key is trusted.
    static func verify(
        _ header: [UInt8], signature: [UInt8], trusting key: [UInt8]?, path: String
    ) throws {
        guard let key else { return }
        guard SigningKey.isValid(signature, of: signedMessage(header), publicKey: key) else {
            throw PublishedModelError.notSigned(path: path)
        }
    }

    /// Checks the sections with these names against the header.
    func verifySections(where isChecked: (String) -> Bool) throws {
        for section in header.sections where isChecked(section.name) {
            var hash = BLAKE2b()
            let start = sectionsStart + section.offset
            let end = start + section.length
            for first in stride(from: start, to: end, by: 1 << 20) {
                hash.update(bytes.bytes(in: first..<min(first + 1 << 20, end)))
            }
            guard hexadecimal(hash.finalize()) == section.digest else {
                throw PublishedModelError.damaged(path: path, part: section.name)
            }
        }
    }

    /// Where a section lies in the file.
    func range(of section: ModelHeader.Section) -> Range<Int> {
        sectionsStart + section.offset..<sectionsStart + section.offset + section.length
    }

    /// Where a part lies in the file.
    func range(of part: PublishedModel.Part) throws -> Range<Int> {
        guard let range = rangeIfPresent(of: part) else { throw damaged(part) }
        return range
    }

    /// Where a part that not every model has lies in the file.
    func rangeIfPresent(of part: PublishedModel.Part) -> Range<Int>? {
        header.sections.first { $0.name == part.rawValue }.map(range(of:))
    }

    /// The numbers of a part, exactly `count` of them.
    func floats(_ part: PublishedModel.Part, count: Int) throws -> [Float] {
        let range = try range(of: part)
        guard range.count == 4 * count else { throw damaged(part) }
        let values = FloatBytes.decode(bytes.bytes(in: range))
        guard values.allSatisfy(\.isFinite) else { throw damaged(part) }
        return values
    }

    func damaged(_ part: PublishedModel.Part) -> PublishedModelError {
        .damaged(path: path, part: part.rawValue)
    }
}
