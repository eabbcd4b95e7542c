internal import Sodium
internal import VectorKernels

extension KeyAdvertisement: AggregationMessage {
    /// The first byte of the message.
    public static let kind = 1

    /// Writes the fields in order.
    public func write(to message: inout MessageWriter) {
        message.writer.append(number: device)
        for bytes in [encryptionKey, maskingKey] + commitments + [signature] {
            message.writer.append(bytes)
        }
    }

    /// Reads the fields in order; throws ``AggregationError/undecodable(_:)``.
    public init(
        from message: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError) {
        device = try message.device(under: parameters)
        encryptionKey = try message.reader.bytes(KeyAgreement.keyLength)
        maskingKey = try message.reader.bytes(KeyAgreement.keyLength)
        commitments = []
        for _ in 0...parameters.excessNoise.componentCount {
            commitments.append(try message.reader.bytes(AggregationParameters.digestLength))
        }
        signature = try message.reader.bytes(SigningKey.signatureLength)
    }

    /// The size on the wire, in bytes.
    public static func byteCount(under parameters: AggregationParameters) -> Int {
        1 + 4 + 2 * KeyAgreement.keyLength + SigningKey.signatureLength
            + (1 + parameters.excessNoise.componentCount) * AggregationParameters.digestLength
    }
}

/// The introductions of all of a device's neighbours.
public struct PeerIntroductions: AggregationMessage {
    /// One for each neighbour that is left.
    public var peers: [PeerIntroduction]

    /// Collects introductions.
    public init(_ peers: [PeerIntroduction]) { self.peers = peers }

    /// The first byte of the message.
    public static let kind = 2

    /// Writes the fields in order.
    public func write(to message: inout MessageWriter) {
        message.writer.append(number: peers.count)
        for peer in peers {
            peer.member.write(to: &message)
            peer.advertisement.write(to: &message)
        }
    }

    /// Reads the fields in order; throws ``AggregationError/undecodable(_:)``.
    public init(
        from message: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError) {
        let count = try message.reader.number(upTo: parameters.graph.degree, "number of peers")
        peers = []
        for _ in 0..<count {
            peers.append(
                PeerIntroduction(
                    member: try RosterMember(from: &message, under: parameters),
                    advertisement: try KeyAdvertisement(from: &message, under: parameters)))
        }
    }
}

/// The sealed shares that one device sends.
public struct SealedShares: AggregationMessage {
    /// The shares.
    public var shares: [SealedShare]

    /// Collects shares.
    public init(_ shares: [SealedShare]) { self.shares = shares }

    /// The first byte of the message.
    public static let kind = 3

    /// Writes the fields in order.
    public func write(to message: inout MessageWriter) {
        message.writer.append(list: shares) { $0.append(share: $1) }
    }

    /// Reads the fields in order; throws ``AggregationError/undecodable(_:)``.
    public init(
        from message: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError) {
        shares = try message.shares(under: parameters)
    }
}

/// The sealed shares that one device receives, and who has sent such shares.
public struct DeliveredShares: AggregationMessage {
    /// The devices that shared keys.
    public var sharers: DeviceSet
    /// A share of each of them that is a neighbour.
    public var shares: [SealedShare]

    /// Collects shares.
    public init(sharers: DeviceSet, shares: [SealedShare]) {
        self.sharers = sharers
        self.shares = shares
    }

    /// The first byte of the message.
    public static let kind = 4

    /// Writes the fields in order.
    public func write(to message: inout MessageWriter) {
        sharers.write(to: &message)
        message.writer.append(list: shares) { $0.append(share: $1) }
    }

    /// Reads the fields in order; throws ``AggregationError/undecodable(_:)``.
    public init(
        from message: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError) {
        sharers = try DeviceSet(from: &message, under: parameters)
        shares = try message.shares(under: parameters)
    }
}

extension ByteWriter {
    fileprivate mutating func append(share: SealedShare) {
        append(number: share.sender)
        append(number: share.receiver)
        append(share.ciphertext)
    }
}

extension SealedShare {
    /// The length of a ciphertext with its tag, in bytes.
    static func ciphertextLength(under parameters: AggregationParameters) -> Int {
        parameters.sharedSecrets * SecretSharing.shareLength + AuthenticatedEncryption.tagLength
    }

    /// The size on the wire, in bytes.
    public static func byteCount(under parameters: AggregationParameters) -> Int {
        8 + ciphertextLength(under: parameters)
    }
}

extension MaskedInput: AggregationMessage {
    /// The first byte of the message.
    public static let kind = 5

    /// Writes the fields in order.
    public func write(to message: inout MessageWriter) {
        message.writer.append(number: device)
        message.writer.append(inclusion)
        message.writer.append(packed)
    }

    /// Reads the fields in order; throws ``AggregationError/undecodable(_:)``.
    public init(
        from message: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError) {
        device = try message.device(under: parameters)
        inclusion = try message.reader.bytes(SigningKey.signatureLength)
        packed = try message.reader.bytes(
            RingVector.packedByteCount(
                count: parameters.vectorLength, bits: parameters.modulusBits))[...]
    }
}

extension MaskedInput {
    /// The size on the wire, in bytes.
    public static func byteCount(under parameters: AggregationParameters) -> Int {
        5 + SigningKey.signatureLength
            + RingVector.packedByteCount(
                count: parameters.vectorLength, bits: parameters.modulusBits)
    }
}

extension DeviceSet: AggregationMessage {
    /// The first byte of the message.
    public static let kind = 6

    /// Writes the fields in order.
    public func write(to message: inout MessageWriter) { message.writer.append(bitmap) }

    /// Reads the fields in order; throws ``AggregationError/undecodable(_:)``.
    public init(
        from message: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError) {
        let size = parameters.cohortSize
        let bitmap = try message.reader.bytes(Self.byteCount(cohortSize: size))
        guard let set = DeviceSet(bitmap: bitmap, cohortSize: size) else {
            throw .undecodable("the set of survivors names devices outside the cohort")
        }
        self = set
    }
}

extension Endorsement: AggregationMessage {
    /// The first byte of the message.
    public static let kind = 7

    /// Writes the fields in order.
    public func write(to message: inout MessageWriter) {
        message.writer.append(number: device)
        message.writer.append(signature)
    }

    /// Reads the fields in order; throws ``AggregationError/undecodable(_:)``.
    public init(
        from message: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError) {
        device = try message.device(under: parameters)
        signature = try message.reader.bytes(SigningKey.signatureLength)
    }

    /// The size on the wire, in bytes.
    public static let byteCount = 5 + SigningKey.signatureLength
}

extension UnmaskingRequest: AggregationMessage {
    /// The first byte of the message.
    public static let kind = 8

    /// Writes the fields in order.
    public func write(to message: inout MessageWriter) {
        sharers.write(to: &message)
        survivors.write(to: &message)
        for list in [endorsements, inclusions] {
            message.writer.append(number: list.count)
            for signed in list {
                signed.member.write(to: &message)
                message.writer.append(signed.signature)
            }
        }
    }

    /// Reads the fields in order; throws ``AggregationError/undecodable(_:)``.
    public init(
        from message: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError) {
        func list(
            atMost most: Int, _ what: StaticString
        ) throws(AggregationError) -> [SignedBy] {
            let count = try message.reader.number(upTo: most, what)
            var list: [SignedBy] = []
            for _ in 0..<count {
                list.append(
                    SignedBy(
                        member: try RosterMember(from: &message, under: parameters),
                        signature: try message.reader.bytes(SigningKey.signatureLength)))
            }
            return list
        }
        sharers = try DeviceSet(from: &message, under: parameters)
        survivors = try DeviceSet(from: &message, under: parameters)
        endorsements = try list(
            atMost: parameters.committee.size, "number of endorsements")
        inclusions = try list(atMost: parameters.graph.degree, "number of inclusions")
    }

    /// The most bytes that a request takes on the wire, with all neighbours in the sum.
    public static func largestByteCount(under parameters: AggregationParameters) -> Int {
        let signed =
            RosterMember.largestByteCount(cohortSize: parameters.cohortSize)
            + SigningKey.signatureLength
        return 1 + 2 * DeviceSet.byteCount(cohortSize: parameters.cohortSize) + 4 + 4
            + (parameters.committee.quorum + parameters.graph.degree) * signed
    }
}

extension UnmaskingShares: AggregationMessage {
    /// The first byte of the message.
    public static let kind = 9

    /// Writes the fields in order.
    public func write(to message: inout MessageWriter) {
        message.writer.append(number: device)
        for entries in [survivors, dropped] {
            message.writer.append(list: entries) { writer, entry in
                writer.append(number: entry.owner)
                writer.append(byte: entry.shares.count / SecretSharing.shareLength)
                writer.append(entry.shares)
            }
        }
    }

    /// Reads the fields in order; throws ``AggregationError/undecodable(_:)``.
    public init(
        from message: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError) {
        func entries(_ what: StaticString) throws(AggregationError) -> [Entry] {
            try message.reader.list(atMost: parameters.graph.degree, what) {
                (reader) throws(AggregationError) in
                let owner = try reader.number(upTo: parameters.cohortSize - 1, "owner")
                let count = try reader.byte()
                guard (1...parameters.sharedSecrets).contains(count) else {
                    throw .undecodable("\(count) shares of one device")
                }
                return Entry(
                    owner: owner, shares: try reader.bytes(count * SecretSharing.shareLength))
            }
        }
        device = try message.device(under: parameters)
        survivors = try entries("number of survivors")
        dropped = try entries("number of dropped devices")
    }

    /// The most bytes that an answer takes on the wire, with all neighbours in the sum and all
    /// their excess noise removed.
    public static func largestByteCount(under parameters: AggregationParameters) -> Int {
        1 + 4 + 4 + 4 + parameters.graph.degree
            * (5 + (1 + parameters.excessNoise.componentCount) * SecretSharing.shareLength)
    }
}

extension RosterMember {
    package func write(to message: inout MessageWriter) {
        message.writer.append(number: device)
        message.writer.append(identity)
        message.writer.append(byte: path.count)
        for hash in path { message.writer.append(hash) }
    }

    /// The most bytes that a member of a cohort takes on the wire.
    public static func largestByteCount(cohortSize: Int) -> Int {
        let height = Int.bitWidth - (cohortSize - 1).leadingZeroBitCount
        return 4 + SigningKey.publicKeyLength + 1 + height * MerkleTree.hashLength
    }

    init(
        from message: inout MessageReader, under parameters: AggregationParameters
    ) throws(AggregationError) {
        device = try message.device(under: parameters)
        identity = try message.reader.bytes(SigningKey.publicKeyLength)
        path = []
        for _ in 0..<(try message.reader.byte()) {
            path.append(try message.reader.bytes(MerkleTree.hashLength))
        }
    }
}

extension AggregationParameters {
    /// How many secrets a device shares: the self-mask seed, the masking key, the seeds of its
    /// removable noise.
    var sharedSecrets: Int { 2 + excessNoise.componentCount }
}

extension MessageReader {
    fileprivate mutating func shares(
        under parameters: AggregationParameters
    ) throws(AggregationError) -> [SealedShare] {
        let last = parameters.cohortSize - 1
        return try reader.list(atMost: parameters.graph.degree, "number of shares") {
            (reader) throws(AggregationError) in
            SealedShare(
                sender: try reader.number(upTo: last, "sender"),
                receiver: try reader.number(upTo: last, "receiver"),
                ciphertext: try reader.bytes(SealedShare.ciphertextLength(under: parameters)))
        }
    }

    fileprivate mutating func device(
        under parameters: AggregationParameters
    ) throws(AggregationError) -> Int {
        try reader.number(upTo: parameters.cohortSize - 1, "device")
    }
}
