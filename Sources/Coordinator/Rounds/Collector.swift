package import FederatedProtocol
internal import SecureAggregation
internal import Sodium
internal import VectorKernels

/// Adds up masked inputs of one sum for the process that leads its round. What it adds up stays
/// masked, and it knows nothing of the sum but what tickets say.
package struct Collector: Sendable {
    private let session: [UInt8]
    private let replica: String
    private let vectorLength: Int
    private var sum: RingVector
    private var taken: [Int: (inclusion: [UInt8], digest: MessageDigest)] = [:]
    private var isClosed = false
    /// Whether nothing is left to be done but to answer repetitions.
    private(set) var isHandedIn = false
    /// Until when devices may come, by the caller's clock.
    var expires: Int64
    /// How many masked inputs the others were told of; nil before the first time.
    var reported: Int?

    /// Begins with the first ticket that is shown for a sum.
    package init(for ticket: UploadTicket) {
        expires = ticket.expires
        session = ticket.session
        replica = ticket.replica
        vectorLength = ticket.vectorLength
        sum = RingVector(zeros: vectorLength, bits: ticket.modulusBits)
    }

    /// How many masked inputs are in.
    package var count: Int { taken.count }

    /// Takes a masked input. The same bytes may come again at any time.
    ///
    /// - Parameters:
    ///   - upload: What was uploaded.
    ///   - ticket: The ticket that came with it.
    ///   - identity: Whose bearer token came with it.
    /// - Throws: ``FederatedProtocol/CallError``: `permission_denied` for somebody else's or another
    ///   sum's ticket and for forged signatures; `invalid_argument` for another size;
    ///   `already_exists` for a second input; `failed_precondition` where the sum was handed in.
    package mutating func submit(
        _ upload: MaskedUpload, ticket: UploadTicket, from identity: [UInt8]
    ) throws(CallError) {
        let input = upload.input
        guard ticket.identity == identity, ticket.device == input.device,
            ticket.session == session, ticket.replica == replica,
            ticket.vectorLength == vectorLength, ticket.modulusBits == sum.bits
        else {
            throw CallError(
                .permissionDenied,
                "the upload address is for another device, sum or coordinator; ask for the shares "
                    + "again")
        }
        if let known = taken[input.device] {
            guard known.digest == upload.digest else { throw .sentOther(.masking) }
            return
        }
        guard !isClosed else { throw .notNow(.masking, current: .endorsing) }
        guard
            SigningKey.isValid(
                input.inclusion, of: ticket.inclusionHash, publicKey: ticket.identity)
        else {
            throw CallError(
                .permissionDenied,
                "the signature of device \(input.device) is not valid; sign with the enrolled key")
        }
        guard sum.add(packed: input.packed) else {
            throw CallError(
                .invalidArgument,
                "a masked input has \(ticket.maskedInputByteCount) bytes; send what the protocol "
                    + "prescribes")
        }
        taken[input.device] = (input.inclusion, upload.digest)
        expires = max(expires, ticket.expires)
    }

    /// Forgets the sum, which was handed in, but not who is in it: the same bytes may still come
    /// again.
    package mutating func forgetSum() {
        sum = RingVector(zeros: 0, bits: sum.bits)
        isHandedIn = true
    }

    /// What was added up, to be handed in. Nothing more is taken from then on, so that it is the
    /// same each time.
    package mutating func close() -> PartialSum {
        isClosed = true
        return PartialSum(
            session: session, replica: replica,
            inclusions: taken.sorted { $0.key < $1.key }.map {
                PartialSum.Inclusion(device: $0.key, signature: $0.value.inclusion)
            }, packed: sum.packed())
    }
}
