internal import Sodium
internal import VectorKernels

/// A set of named tensors with text attributes: a published model or a training checkpoint.
///
/// On disk, all numbers least significant byte first: the magic `COVEY\0M\n`; version (UInt32);
/// kind; attributes and tensors, each preceded by its count (UInt32); then the 32-byte BLAKE2b of
/// everything before it. A text is its length in bytes (UInt32) and UTF-8; a tensor is its name,
/// its number of dimensions and their sizes (UInt32 each), then its values in row-major order
/// (Float32).
public struct Snapshot: Sendable, Hashable {
    /// The version this code writes, and the only one it reads.
    public static let version: UInt32 = 1
    private static let magic = [UInt8]("COVEY\0M\n".utf8)
    private static let checksumLength = 32

    /// A dense array of Float32.
    public struct Tensor: Sendable, Hashable {
        /// The sizes of the dimensions, outermost first.
        public var shape: [Int]
        /// The values in row-major order.
        public var values: [Float]

        /// Describes a tensor; the product of `shape` is the number of values.
        public init(shape: [Int], values: [Float]) {
            self.shape = shape
            self.values = values
        }
    }

    /// What the tensors mean: "co-occurrence", "matrix-factorization".
    public var kind: String
    /// Named texts: hyperparameters, item identifiers.
    public var attributes: [String: String]
    /// The named tensors.
    public var tensors: [String: Tensor]

    /// Collects a snapshot.
    public init(
        kind: String, attributes: [String: String] = [:], tensors: [String: Tensor] = [:]
    ) {
        self.kind = kind
        self.attributes = attributes
        self.tensors = tensors
    }

    /// The values of a tensor of this shape.
    ///
    /// - Throws: ``SnapshotError/missingTensor(_:)`` or
    ///   ``SnapshotError/wrongShape(_:expected:actual:)``.
    public func values(_ name: String, shape: [Int]) throws(SnapshotError) -> [Float] {
        guard let tensor = tensors[name] else { throw .missingTensor(name) }
        guard tensor.shape == shape else {
            throw .wrongShape(name, expected: shape, actual: tensor.shape)
        }
        return tensor.values
    }

    /// Checks what the tensors mean.
    ///
    /// - Throws: ``SnapshotError/wrongKind(expected:actual:)``.
    func check(kind expected: String) throws(SnapshotError) {
        guard kind == expected else { throw .wrongKind(expected: expected, actual: kind) }
    }

    /// The bytes of the file.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        write { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: BLAKE2b.hash(bytes))
        return bytes
    }

    /// The BLAKE2b of everything before it: the last 32 bytes of the file, without making one.
    public var checksum: [UInt8] {
        var hash = BLAKE2b()
        write { hash.update($0) }
        return hash.finalize()
    }

    /// Hands out the bytes of the file up to the checksum, part by part.
    private func write(_ sink: (UnsafeRawBufferPointer) -> Void) {
        func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes(sink) }
        func append(_ integer: Int) {
            withUnsafeBytes(of: UInt32(integer).littleEndian, sink)
        }
        func append(_ text: String) {
            let bytes = [UInt8](text.utf8)
            append(bytes.count)
            append(bytes)
        }
        append(Self.magic)
        append(Int(Self.version))
        append(kind)
        append(attributes.count)
        for (name, text) in attributes.sorted(by: { $0.key < $1.key }) {
            append(name)
            append(text)
        }
        append(tensors.count)
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            append(name)
            append(tensor.shape.count)
            for size in tensor.shape { append(size) }
            FloatBytes.withEncoded(tensor.values, sink)
        }
    }

    /// Reads what ``encoded()`` wrote.
    public init(decoding bytes: [UInt8]) throws(SnapshotError) {
        guard bytes.starts(with: Self.magic) else { throw .notASnapshot }
        guard bytes.count >= Self.magic.count + 4 + Self.checksumLength else { throw .damaged }
        let body = [UInt8](bytes.dropLast(Self.checksumLength))
        var reader = Reader(bytes: body, position: Self.magic.count)
        let version = try reader.integer()
        guard version == Self.version else { throw .unknownVersion(version) }
        guard BLAKE2b.hash(body) == [UInt8](bytes.suffix(Self.checksumLength)) else {
            throw .damaged
        }
        self.init(kind: try reader.text())
        for _ in 0..<(try reader.integer()) {
            let name = try reader.text()
            attributes[name] = try reader.text()
        }
        for _ in 0..<(try reader.integer()) {
            let name = try reader.text()
            var shape: [Int] = []
            for _ in 0..<(try reader.integer()) { shape.append(Int(try reader.integer())) }
            tensors[name] = Tensor(shape: shape, values: try reader.floats(shape: shape))
        }
        guard reader.isAtEnd else { throw .damaged }
    }
}

/// Why a snapshot could not be used.
public enum SnapshotError: Error, Equatable, CustomStringConvertible {
    /// The file does not begin as a snapshot does.
    case notASnapshot
    /// The file was written by a newer version.
    case unknownVersion(UInt32)
    /// The checksum does not match, or the file ends early.
    case damaged
    /// The kind is not the one asked for.
    case wrongKind(expected: String, actual: String)
    /// A tensor is not there.
    case missingTensor(String)
    /// A tensor holds what is no number: a training diverged.
    case notFinite(String)
    /// A tensor has other sizes than asked for.
    case wrongShape(String, expected: [Int], actual: [Int])

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .notASnapshot: "this is not a Covey snapshot"
        case .unknownVersion(let version):
            "the snapshot has version \(version); this build reads version \(Snapshot.version)"
        case .damaged: "the snapshot is damaged: its checksum does not match"
        case .wrongKind(let expected, let actual):
            "the snapshot is of kind '\(actual)' where '\(expected)' is needed"
        case .notFinite(let name):
            "the snapshot's tensor '\(name)' holds values that are no finite numbers: the training "
                + "diverged; lower its learning rates"
        case .missingTensor(let name): "the snapshot has no tensor '\(name)'"
        case .wrongShape(let name, let expected, let actual):
            "the snapshot's tensor '\(name)' has shape \(actual) where \(expected) is needed"
        }
    }
}

private struct Reader {
    let bytes: [UInt8]
    var position: Int

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ count: Int) throws(SnapshotError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw .damaged }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func integer() throws(SnapshotError) -> UInt32 {
        try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func text() throws(SnapshotError) -> String {
        String(decoding: try take(Int(try integer())), as: UTF8.self)
    }

    mutating func floats(shape: [Int]) throws(SnapshotError) -> [Float] {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { throw .damaged }
            count = product
        }
        guard count <= bytes.count else { throw .damaged }
        return FloatBytes.decode(try take(4 * count))
    }
}
