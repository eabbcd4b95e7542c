package import FederatedProtocol
internal import SecureAggregation
internal import Sodium

/// A masked input as it was uploaded, taken apart and hashed. Both cost time in proportion to the
/// vector and need nothing of the round, so that they can be done before its turn comes.
package struct MaskedUpload: Sendable {
    let input: MaskedInput
    let digest: MessageDigest

    /// Takes a message of kind 5 apart. Numbers and sizes may still be wrong.
    ///
    /// - Throws: ``FederatedProtocol/CallError`` (`invalid_argument`) where it is no such message.
    package init(_ message: [UInt8]) throws(CallError) {
        let vector = 5 + SigningKey.signatureLength
        guard message.count >= vector, message.first == UInt8(MaskedInput.kind) else {
            throw CallError(
                .invalidArgument, "the body is not a masked input, a message of kind 5")
        }
        input = MaskedInput(
            device: message[1..<5].reversed().reduce(0) { $0 << 8 | Int($1) },
            inclusion: Array(message[5..<vector]), packed: message[vector...])
        digest = MessageDigest(of: message)
    }
}
