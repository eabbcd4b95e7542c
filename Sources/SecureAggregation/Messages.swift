/// Step 1, device to coordinator and on to the device's neighbours: two fresh X25519 public keys, and a
/// commitment by which the coordinator knows the restored self-mask seed.
public struct KeyAdvertisement: Sendable, Hashable {
    /// The sender's number in the cohort.
    public var device: Int
    /// The key that shares are sealed to, 32 bytes.
    public var encryptionKey: [UInt8]
    /// The key that pairwise masks are agreed with, 32 bytes.
    public var maskingKey: [UInt8]
    /// The hash of the self-mask seed, 32 bytes.
    public var selfMaskCommitment: [UInt8]

    /// Describes an advertisement.
    public init(
        device: Int, encryptionKey: [UInt8], maskingKey: [UInt8], selfMaskCommitment: [UInt8]
    ) {
        self.device = device
        self.encryptionKey = encryptionKey
        self.maskingKey = maskingKey
        self.selfMaskCommitment = selfMaskCommitment
    }

    /// The size on the wire, in bytes, framing not counted.
    public static let byteCount = 4 + 32 + 32 + 32
}

/// Step 2, device to neighbour by way of the coordinator: one share of each of the sender's secrets,
/// sealed to the receiver.
public struct SealedShare: Sendable, Hashable {
    /// Whose secrets the shares belong to.
    public var sender: Int
    /// Who can open them.
    public var receiver: Int
    /// XChaCha20-Poly1305 ciphertext and tag of both shares.
    public var ciphertext: [UInt8]

    /// Describes a sealed share.
    public init(sender: Int, receiver: Int, ciphertext: [UInt8]) {
        self.sender = sender
        self.receiver = receiver
        self.ciphertext = ciphertext
    }

    /// The size on the wire, in bytes, framing not counted.
    public static let byteCount = 4 + 4 + ciphertextLength
    static let ciphertextLength = 2 * SecretSharing.shareLength + 16
}

/// Step 3, device to coordinator: the masked vector.
public struct MaskedInput: Sendable, Hashable {
    /// The sender's number in the cohort.
    public var device: Int
    /// The masked elements, `modulusBits` bits each.
    public var packed: [UInt8]

    /// Describes a masked vector.
    public init(device: Int, packed: [UInt8]) {
        self.device = device
        self.packed = packed
    }
}

/// Step 4, coordinator to device: which neighbours are in the sum, and which are lost.
public struct UnmaskingRequest: Sendable, Hashable {
    /// The receiver's neighbours whose masked vectors are in the sum.
    public var survivors: [Int]
    /// The receiver's neighbours who shared secrets but whose masked vectors never came.
    public var dropped: [Int]
    /// The number of masked vectors in the sum, over the whole cohort.
    public var survivorCount: Int

    /// Describes a request.
    public init(survivors: [Int], dropped: [Int], survivorCount: Int) {
        self.survivors = survivors
        self.dropped = dropped
        self.survivorCount = survivorCount
    }
}

/// Step 4, device to coordinator: a share of the self-mask seed of each survivor, and of the masking
/// key of each dropped device; never both for one device.
public struct UnmaskingShares: Sendable, Hashable {
    /// One share of another device's secret, 40 bytes.
    public struct Entry: Sendable, Hashable {
        /// Whose secret it belongs to.
        public var owner: Int
        /// The share.
        public var share: [UInt8]

        /// Describes a share.
        public init(owner: Int, share: [UInt8]) {
            self.owner = owner
            self.share = share
        }

        /// The size on the wire, in bytes, framing not counted.
        public static let byteCount = 4 + SecretSharing.shareLength
    }

    /// The sender's number in the cohort.
    public var device: Int
    /// Shares of the self-mask seeds of surviving neighbours.
    public var selfMaskSeeds: [Entry]
    /// Shares of the masking keys of dropped neighbours.
    public var maskingKeys: [Entry]

    /// Describes an answer.
    public init(device: Int, selfMaskSeeds: [Entry], maskingKeys: [Entry]) {
        self.device = device
        self.selfMaskSeeds = selfMaskSeeds
        self.maskingKeys = maskingKeys
    }
}
