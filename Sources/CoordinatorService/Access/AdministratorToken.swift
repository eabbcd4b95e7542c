internal import Sodium

/// The secret that operators show, compared in constant time.
package struct AdministratorToken: Sendable {
    /// The fewest characters of a token: 128 bits in hexadecimal digits.
    package static let minimumLength = 32

    private let secret: SecretBytes

    /// Takes a token; nil where it is too short to be a secret.
    package init?(_ text: String) {
        guard text.utf8.count >= Self.minimumLength else { return nil }
        secret = SecretBytes(Array(text.utf8))
    }

    /// Whether somebody knows the token.
    func matches(_ text: String) -> Bool {
        text.utf8.count == secret.count
            && SecretBytes.constantTimeEqual(secret, SecretBytes(Array(text.utf8)))
    }
}
