internal import PrivateAggregation
public import Sodium

/// A commitment to those invited to a round: each of them can prove to be among them, and nobody
/// learns who the others are. The leaves of its tree are a salt of 32 bytes, which only the device
/// concerned is told, and the device's identity; they are in the order of their hashes, so that a
/// place says nothing either.
public struct CohortCommitment: Sendable {
    private let tree: MerkleTree
    /// The hashes of the leaves, in ascending order.
    private let hashes: [[UInt8]]
    private let secret: SecretBytes

    /// Commits to identities of 32 bytes, at least one.
    ///
    /// - Parameters:
    ///   - identities: The Ed25519 keys of those invited.
    ///   - secret: 32 bytes, fresh for the round and kept by the coordinator: the salts come from
    ///     it.
    public init(identities: [[UInt8]], secret: SecretBytes) throws {
        self.secret = secret
        hashes = try identities.map { try Self.leaf(of: $0, secret: secret).hash }
            .sorted { $0.lexicographicallyPrecedes($1) }
        var tree = MerkleTree(.sha256)
        for hash in hashes { tree.append(leafHash: hash) }
        self.tree = tree
    }

    private static func leaf(
        of identity: [UInt8], secret: SecretBytes
    ) throws -> (salt: [UInt8], hash: [UInt8]) {
        var hash = try BLAKE2b(key: secret)
        hash.update(identity)
        let salt = hash.finalize()
        return (salt, MerkleTree.Hash.sha256.leaf(salt + identity))
    }

    /// What stands in ``RoundPlan/cohort``, 32 bytes.
    public var root: [UInt8] { tree.root }

    /// What a device is told of its own place; nil for one that is not invited.
    public func membership(of identity: [UInt8]) throws -> CohortMembership? {
        let (salt, hash) = try Self.leaf(of: identity, secret: secret)
        var (place, end) = (0, hashes.count)
        while place < end {
            let middle = (place + end) / 2
            if hashes[middle].lexicographicallyPrecedes(hash) {
                place = middle + 1
            } else {
                end = middle
            }
        }
        guard place < hashes.count, hashes[place] == hash else { return nil }
        return CohortMembership(
            salt: salt, place: place, path: tree.path(to: place))
    }
}

/// The proof that a device is among those invited to a round. Whoever sees it learns that.
public struct CohortMembership: Sendable, Hashable {
    /// The device's salt, 32 bytes.
    public var salt: [UInt8]
    /// Its place in the order of the commitment.
    public var place: Int
    /// The hashes from its leaf up to the root.
    public var path: [[UInt8]]

    /// Collects a proof.
    public init(salt: [UInt8], place: Int, path: [[UInt8]]) {
        self.salt = salt
        self.place = place
        self.path = path
    }

    /// Whether it shows that `identity` is among those invited to the round.
    public func isValid(for identity: [UInt8], in plan: RoundPlan) -> Bool {
        salt.count == 32
            && MerkleTree.verify(
                .sha256, leaf: salt + identity, at: place, of: plan.sum.cohortSize, path: path,
                root: plan.cohort)
    }
}
