package import FederatedProtocol
package import Sodium

/// The challenges that devices sign when they enrol, so that a proof of possession is a fresh one.
/// They carry their own time under the coordinators' key, and none is stored.
package struct Challenges: Sendable {
    /// How long a challenge is good for, in milliseconds.
    package static let validity: Int64 = 5 * 60 * 1000
    private static let purpose: StaticString = "covey enrolment challenge"
    private static let nonceLength = 16
    private let key: AuthenticationKey

    package init(key: AuthenticationKey) { self.key = key }

    /// A challenge: 16 random bytes, the time and the authentication code.
    ///
    /// - Parameter now: Milliseconds since 1970.
    package func issue(now: Int64, from randomness: inout some RandomSource) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: Self.nonceLength)
        randomness.fill(&nonce)
        var fields = SealedFields(nonce)
        fields.append(now)
        return key.seal(fields.bytes, for: Self.purpose)
    }

    /// Checks that a device has the identity that it wants to enrol.
    ///
    /// A challenge from the future counts as fresh: nobody else can make one, so that the clock went
    /// back, which is to lock nobody out.
    ///
    /// - Parameters:
    ///   - identity: The device's Ed25519 public key.
    ///   - challenge: What it says it was given.
    ///   - signature: Its signature over ``FederatedProtocol/EnrolmentProof``.
    ///   - origin: The name of the ledger.
    ///   - now: Milliseconds since 1970.
    /// - Throws: ``FederatedProtocol/CallError``: `invalid_argument` for an identity of another
    ///   length, `unauthenticated` for a challenge that is old or forged and for a wrong signature.
    package func check(
        identity: [UInt8], challenge: [UInt8], signature: [UInt8], origin: String, now: Int64
    ) throws(CallError) {
        guard identity.count == SigningKey.publicKeyLength else {
            throw CallError(
                .invalidArgument, "an identity is an Ed25519 public key of 32 bytes")
        }
        var fields = SealedFields(key.open(challenge, for: Self.purpose) ?? [])
        guard fields.takeBytes(Self.nonceLength) != nil, let issued = fields.takeNumber(),
            fields.bytes.isEmpty
        else {
            throw CallError(
                .unauthenticated,
                "the challenge is not one of this coordinator's; call Describe for one")
        }
        guard now - issued <= Self.validity else {
            throw CallError(
                .unauthenticated, "the challenge is over 5 minutes old; call Describe for another")
        }
        let hash = EnrolmentProof.hash(origin: origin, challenge: challenge, identity: identity)
        guard SigningKey.isValid(signature, of: hash, publicKey: identity) else {
            throw CallError(
                .unauthenticated,
                "the signature is not that of the identity over origin, challenge and identity")
        }
    }
}
