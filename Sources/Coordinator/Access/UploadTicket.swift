package import FederatedProtocol
internal import Sodium

/// The right of one device to upload its masked input to one process, with all that this process
/// must know to check it. It travels in the address that comes with the delivered shares.
package struct UploadTicket: Sendable, Hashable {
    private static let purpose: StaticString = "covey upload ticket"

    /// The name of the sum, 32 bytes.
    package var session: [UInt8]
    /// The name of the process that collects the masked input.
    package var replica: String
    /// The device's number in the cohort.
    package var device: Int
    /// Its Ed25519 public key, 32 bytes.
    package var identity: [UInt8]
    /// What the device signs with its masked input, 32 bytes.
    package var inclusionHash: [UInt8]
    /// The number of elements of the vector.
    package var vectorLength: Int
    /// The b of the modulus 2^b.
    package var modulusBits: Int
    /// When the ticket expires, in milliseconds since 1970.
    package var expires: Int64

    /// Describes a ticket.
    package init(
        session: [UInt8], replica: String, device: Int, identity: [UInt8], inclusionHash: [UInt8],
        vectorLength: Int, modulusBits: Int, expires: Int64
    ) {
        self.session = session
        self.replica = replica
        self.device = device
        self.identity = identity
        self.inclusionHash = inclusionHash
        self.vectorLength = vectorLength
        self.modulusBits = modulusBits
        self.expires = expires
    }

    /// The ticket as text for a URL, under the coordinators' key.
    package func text(key: AuthenticationKey) -> String {
        var fields = SealedFields()
        for bytes in [session, identity, inclusionHash] { fields.append(bytes) }
        for number in [Int64(device), Int64(vectorLength), Int64(modulusBits), expires] {
            fields.append(number)
        }
        fields.append(Array(replica.utf8))
        return key.sealText(fields.bytes, for: Self.purpose)
    }

    /// Reads what ``text(key:)`` wrote.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - key: The coordinators' key.
    ///   - now: Milliseconds since 1970.
    /// - Throws: ``FederatedProtocol/CallError`` (`permission_denied`) where it is forged or expired.
    package init(text: String, key: AuthenticationKey, now: Int64) throws(CallError) {
        var fields = SealedFields(key.openText(text, for: Self.purpose) ?? [])
        guard let session = fields.takeBytes(32), let identity = fields.takeBytes(32),
            let inclusionHash = fields.takeBytes(32), let device = fields.takeNumber(),
            let vectorLength = fields.takeNumber(), let modulusBits = fields.takeNumber(),
            let expires = fields.takeNumber(), (1...32).contains(modulusBits),
            (1...1 << 30).contains(vectorLength)
        else {
            throw CallError(
                .permissionDenied,
                "the upload address is not one of this coordinator's; ask for the shares again")
        }
        guard now < expires else {
            throw CallError(
                .permissionDenied, "the upload address has expired; check in for another round")
        }
        self.init(
            session: session, replica: String(decoding: fields.bytes, as: UTF8.self),
            device: Int(device), identity: identity, inclusionHash: inclusionHash,
            vectorLength: Int(vectorLength), modulusBits: Int(modulusBits), expires: expires)
    }

    /// The size of the masked input, a message of kind 5, in bytes.
    package var maskedInputByteCount: Int {
        5 + SigningKey.signatureLength + (vectorLength * modulusBits + 7) / 8
    }
}
