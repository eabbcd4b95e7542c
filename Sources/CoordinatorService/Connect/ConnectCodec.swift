internal import FederatedProtocol
internal import SwiftProtobuf

/// The two forms in which a message travels (Connect protocol, "Unary-Content-Type").
enum ConnectCodec: String, CaseIterable {
    case binary = "application/proto"
    case json = "application/json"

    /// The value of the header `Accept-Post`.
    static let accepted = allCases.map(\.rawValue).joined(separator: ", ")

    /// The codec of a content type; its one parameter may be `charset=utf-8`.
    init?(contentType: String) {
        let parts = contentType.lowercased().split(separator: ";").map { $0.trimmed }
        guard let type = parts.first,
            parts.dropFirst().allSatisfy({ $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" })
        else { return nil }
        self.init(rawValue: type)
    }

    /// Reads a message. Fields that are not known are passed over, as in every protobuf message.
    func decode<Message: SwiftProtobuf.Message>(
        _ type: Message.Type, from body: [UInt8]
    ) throws(CallError) -> Message {
        do {
            switch self {
            case .binary: return try Message(serializedBytes: body)
            case .json:
                var options = JSONDecodingOptions()
                options.ignoreUnknownFields = true
                return try Message(jsonUTF8Bytes: body, options: options)
            }
        } catch {
            throw CallError(
                .invalidArgument, "the body is no \(Message.protoMessageName) in \(rawValue)")
        }
    }

    /// Writes a message.
    func encode(_ message: some SwiftProtobuf.Message) throws(CallError) -> [UInt8] {
        do {
            return switch self {
            case .binary: try message.serializedBytes()
            case .json: try message.jsonUTF8Bytes()
            }
        } catch {
            throw CallError(.internal, "the answer cannot be written as \(rawValue)")
        }
    }
}

extension StringProtocol {
    /// Without the spaces and tabs around it, which HTTP allows around most of its separators.
    var trimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isSpace($0) }),
            let last = lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[first...last])
    }
}
