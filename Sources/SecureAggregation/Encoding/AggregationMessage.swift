/// A message of a masked sum as bytes: a byte that says which message it is, then its fields in
/// order, numbers in four bytes, least significant first. Lengths follow from the parameters; lists
/// are preceded by their number of items.
public protocol AggregationMessage: Sendable, Hashable {
    /// The first byte.
    static var kind: Int { get }
    /// Writes everything behind the first byte.
    func write(to writer: inout MessageWriter)
    /// Reads what ``write(to:)`` wrote.
    init(
        from reader: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError)
}

/// Collects the bytes of a message.
public struct MessageWriter {
    var writer = ByteWriter()

    /// Begins without any.
    package init() {}

    /// The bytes so far.
    package var bytes: [UInt8] { writer.bytes }
}

/// Takes a message apart.
public struct MessageReader {
    var reader: ByteReader
}

extension AggregationMessage {
    /// The message as bytes.
    public var encoded: [UInt8] {
        var message = MessageWriter()
        message.writer.append(byte: Self.kind)
        write(to: &message)
        return message.writer.bytes
    }

    /// Reads a message of a sum with `parameters`, whoever sent it.
    ///
    /// - Throws: ``AggregationError/undecodable(_:)`` where the bytes are not such a message, whole
    ///   and with nothing behind it.
    public init(
        decoding bytes: [UInt8], under parameters: AggregationParameters
    ) throws(AggregationError) {
        var message = MessageReader(reader: ByteReader(bytes))
        let kind = try message.reader.byte()
        guard kind == Self.kind else {
            throw .undecodable("it is of kind \(kind), not \(Self.kind)")
        }
        try self.init(from: &message, under: parameters)
        try message.reader.end()
    }
}
