package import Sodium

/// One-time tokens with which an operator lets devices enrol. They are shown once; the coordinator
/// keeps their hashes.
package enum EnrolmentTokens {
    /// The digits of base32 (RFC 4648 section 6), in lower case.
    private static let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// A token: 160 random bits in 32 digits.
    package static func make(from randomness: inout some RandomSource) -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        randomness.fill(&bytes)
        return String(decoding: bytes.map { digits[Int($0 % 32)] }, as: UTF8.self)
    }

    /// What is kept of a token: H("covey enrolment token", length of the text in 8 bytes || text).
    package static func hash(_ token: String) -> [UInt8] {
        var hash = BLAKE2b(context: "covey enrolment token")
        hash.update(lengthPrefixed: token.utf8)
        return hash.finalize()
    }
}
