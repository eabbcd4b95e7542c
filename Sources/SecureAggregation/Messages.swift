/// Step 1, device to coordinator: two fresh X25519 public keys and commitments to the seeds that
/// may be restored later, signed by the device's enrolled identity.
public struct KeyAdvertisement: Sendable, Hashable {
    /// The sender's number in the cohort.
    public var device: Int
    /// The key that shares are sealed to, 32 bytes.
    public var encryptionKey: [UInt8]
    /// The key that pairwise masks are agreed with, 32 bytes.
    public var maskingKey: [UInt8]
    /// The commitment to the self-mask seed, then to the seed of each removable noise component, 32
    /// bytes each.
    public var commitments: [[UInt8]]
    /// The Ed25519 signature over ``signedHash(under:)``, 64 bytes.
    public var signature: [UInt8]

    /// Describes an advertisement.
    public init(
        device: Int, encryptionKey: [UInt8], maskingKey: [UInt8], commitments: [[UInt8]],
        signature: [UInt8]
    ) {
        self.device = device
        self.encryptionKey = encryptionKey
        self.maskingKey = maskingKey
        self.commitments = commitments
        self.signature = signature
    }
}

/// Step 1, coordinator to device: a neighbour's advertisement, with the proof of who the neighbour
/// is.
public struct PeerIntroduction: Sendable, Hashable {
    /// The neighbour.
    public var member: RosterMember
    /// What it advertised.
    public var advertisement: KeyAdvertisement

    /// Describes an introduction.
    public init(member: RosterMember, advertisement: KeyAdvertisement) {
        self.member = member
        self.advertisement = advertisement
    }
}

/// Step 2, device to neighbour by way of the coordinator: one share of each of the sender's
/// secrets, sealed to the receiver.
public struct SealedShare: Sendable, Hashable {
    /// Whose secrets the shares belong to.
    public var sender: Int
    /// Who can open them.
    public var receiver: Int
    /// XChaCha20-Poly1305 ciphertext and tag of all shares.
    public var ciphertext: [UInt8]

    /// Describes a sealed share.
    public init(sender: Int, receiver: Int, ciphertext: [UInt8]) {
        self.sender = sender
        self.receiver = receiver
        self.ciphertext = ciphertext
    }
}

/// Step 3, device to coordinator: the masked vector, and the statement for whom it is masked.
public struct MaskedInput: Sendable, Hashable {
    /// The sender's number in the cohort.
    public var device: Int
    /// The Ed25519 signature over ``AggregationParameters/inclusionHash(of:sharers:)``, 64 bytes.
    public var inclusion: [UInt8]
    /// The masked elements, `modulusBits` bits each. A part of the message that it came in: vectors
    /// are long, and nobody else needs that.
    public var packed: ArraySlice<UInt8>

    /// Describes a masked vector.
    public init(device: Int, inclusion: [UInt8], packed: ArraySlice<UInt8>) {
        self.device = device
        self.inclusion = inclusion
        self.packed = packed
    }
}

/// Step 4, committee member to coordinator: its signature under the set of survivors.
public struct Endorsement: Sendable, Hashable {
    /// The sender's number in the cohort.
    public var device: Int
    /// The Ed25519 signature over ``AggregationParameters/endorsedHash(of:)``, 64 bytes.
    public var signature: [UInt8]

    /// Describes an endorsement.
    public init(device: Int, signature: [UInt8]) {
        self.device = device
        self.signature = signature
    }
}

/// Step 5, coordinator to device: whose vectors are in the sum, the committee's signatures under
/// it, and those of the device's neighbours that say for whom their vectors are masked.
public struct UnmaskingRequest: Sendable, Hashable {
    /// The devices that shared keys.
    public var sharers: DeviceSet
    /// The devices in the sum.
    public var survivors: DeviceSet
    /// The committee's signatures.
    public var endorsements: [SignedBy]
    /// The signatures that came with the masked vectors of neighbours in the sum.
    public var inclusions: [SignedBy]

    /// One signature, with the proof of who the signer is.
    public struct SignedBy: Sendable, Hashable {
        /// The signer.
        public var member: RosterMember
        /// Its signature, 64 bytes.
        public var signature: [UInt8]

        /// Describes a signature.
        public init(member: RosterMember, signature: [UInt8]) {
            self.member = member
            self.signature = signature
        }
    }

    /// Describes a request.
    public init(
        sharers: DeviceSet, survivors: DeviceSet, endorsements: [SignedBy], inclusions: [SignedBy]
    ) {
        self.sharers = sharers
        self.survivors = survivors
        self.endorsements = endorsements
        self.inclusions = inclusions
    }
}

/// Step 5, device to coordinator: for each neighbour in the sum a share of its self-mask seed and
/// of the seeds of its excess noise, for each lost one a share of its masking key; never both for
/// one device.
public struct UnmaskingShares: Sendable, Hashable {
    /// Shares of one neighbour's secrets.
    public struct Entry: Sendable, Hashable {
        /// Whose secrets they belong to.
        public var owner: Int
        /// The shares, 40 bytes each: of the self-mask seed and the removed components in ascending
        /// order, or of the masking key.
        public var shares: [UInt8]

        /// Describes shares.
        public init(owner: Int, shares: [UInt8]) {
            self.owner = owner
            self.shares = shares
        }
    }

    /// The sender's number in the cohort.
    public var device: Int
    /// Shares of neighbours in the sum, in ascending order of the owners.
    public var survivors: [Entry]
    /// Shares of lost neighbours, in ascending order of the owners.
    public var dropped: [Entry]

    /// Describes an answer.
    public init(device: Int, survivors: [Entry], dropped: [Entry]) {
        self.device = device
        self.survivors = survivors
        self.dropped = dropped
    }
}
