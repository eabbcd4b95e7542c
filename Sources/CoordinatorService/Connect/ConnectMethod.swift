internal import FederatedProtocol
internal import SwiftProtobuf

/// A call of a service: who may make it, and how the body of a request becomes that of a response.
struct ConnectMethod: Sendable {
    /// Who may make a call.
    enum Access: Sendable {
        case everybody, devices, administrators
    }

    /// The method's name, as in the .proto file.
    let name: String
    /// Who may call it.
    let access: Access
    /// Answers a call of a device; its identity is empty where everybody may call.
    let answer:
        @Sendable (
            _ body: [UInt8], _ codec: ConnectCodec, _ device: [UInt8]
        ) async throws(CallError) -> [UInt8]

    /// A method that `call` answers.
    init<Request: Message, Response: Message>(
        _ name: String, for access: Access,
        _ call: @escaping @Sendable (Request, [UInt8]) async throws(CallError) -> Response
    ) {
        self.name = name
        self.access = access
        answer = { (body, codec, device) async throws(CallError) in
            let request = try codec.decode(Request.self, from: body)
            return try codec.encode(await call(request, device))
        }
    }
}
