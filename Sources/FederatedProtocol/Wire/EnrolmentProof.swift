internal import Sodium

/// What a device signs to show that it has the identity it wants to enrol.
package enum EnrolmentProof {
    /// The signed hash: H("covey enrolment", length of the origin in 8 bytes || origin || challenge
    /// || identity).
    package static func hash(origin: String, challenge: [UInt8], identity: [UInt8]) -> [UInt8] {
        var hash = BLAKE2b(context: "covey enrolment")
        hash.update(UInt64(origin.utf8.count))
        hash.update(Array(origin.utf8))
        hash.update(challenge)
        hash.update(identity)
        return hash.finalize()
    }
}
