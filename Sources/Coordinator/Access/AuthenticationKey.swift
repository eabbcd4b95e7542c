internal import Foundation
internal import Sodium

/// A secret that the coordinators of a population share, to recognise what one of them handed out:
/// nothing of it need be stored.
package struct AuthenticationKey: Sendable {
    private static let tagLength = 32
    private let secret: SecretBytes

    /// Takes over a secret of 32 bytes.
    package init(_ secret: [UInt8]) { self.secret = SecretBytes(secret) }

    /// BLAKE2b keyed by its prefix, which is as good as its own keyed mode: the function has no
    /// length extension. The purpose keeps what is handed out for one use from another.
    private func tag(_ payload: [UInt8], for purpose: StaticString) -> SecretBytes {
        var hash = BLAKE2b(context: purpose)
        hash.update(secret)
        hash.update(lengthPrefixed: payload)
        return hash.finalizeSecret()
    }

    /// The payload with its authentication code.
    func seal(_ payload: [UInt8], for purpose: StaticString) -> [UInt8] {
        let tag = tag(payload, for: purpose)
        return payload + tag.copy(0..<tag.count)
    }

    /// The payload of what ``seal(_:for:)`` returned; nil where this key never sealed it. The time
    /// it takes does not depend on how much of the code is right.
    func open(_ sealed: [UInt8], for purpose: StaticString) -> [UInt8]? {
        guard sealed.count >= Self.tagLength else { return nil }
        let payload = Array(sealed.dropLast(Self.tagLength))
        let claimed = SecretBytes(sealed.suffix(Self.tagLength))
        return SecretBytes.constantTimeEqual(claimed, tag(payload, for: purpose)) ? payload : nil
    }

    /// ``seal(_:for:)`` as text for headers and URLs: base64url without padding (RFC 4648 section 5).
    func sealText(_ payload: [UInt8], for purpose: StaticString) -> String {
        Data(seal(payload, for: purpose)).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The payload of what ``sealText(_:for:)`` returned; nil where this key never sealed it.
    func openText(_ text: String, for purpose: StaticString) -> [UInt8]? {
        guard text.utf8.count <= 1024, !text.utf8.contains(where: { "+/=".utf8.contains($0) })
        else {
            return nil
        }
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        return Data(base64Encoded: base64 + padding).flatMap { open([UInt8]($0), for: purpose) }
    }
}
