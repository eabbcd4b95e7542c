package import FederatedProtocol
internal import Sodium

/// The tokens that enrolled devices authenticate their calls with: an identity and an expiry, under
/// the coordinators' key. Times are milliseconds since 1970.
package struct BearerTokens: Sendable {
    private static let purpose: StaticString = "covey bearer token"
    private let key: AuthenticationKey
    private let validity: Int64

    /// Tokens that are good for `validity` milliseconds.
    package init(key: AuthenticationKey, validity: Int64) {
        self.key = key
        self.validity = validity
    }

    /// A token for an enrolled device.
    ///
    /// - Parameters:
    ///   - identity: The device's Ed25519 public key, 32 bytes.
    ///   - now: The time.
    package func issue(to identity: [UInt8], now: Int64) -> (text: String, expires: Int64) {
        let expires = now + validity
        var fields = SealedFields(identity)
        fields.append(expires)
        return (key.sealText(fields.bytes, for: Self.purpose), expires)
    }

    /// The identity that a token stands for.
    ///
    /// - Throws: ``FederatedProtocol/CallError`` (`unauthenticated`) where it is forged or expired.
    package func check(_ text: String, now: Int64) throws(CallError) -> [UInt8] {
        var fields = SealedFields(key.openText(text, for: Self.purpose) ?? [])
        guard let identity = fields.takeBytes(SigningKey.publicKeyLength),
            let expires = fields.takeNumber(), fields.bytes.isEmpty
        else {
            throw CallError(
                .unauthenticated, "the bearer token is not one of this coordinator's; enrol first")
        }
        guard now < expires else {
            throw CallError(
                .unauthenticated, "the bearer token has expired; enrol again with the same key")
        }
        return identity
    }
}
