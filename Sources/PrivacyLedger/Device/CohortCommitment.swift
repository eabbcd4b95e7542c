internal import PrivateAggregation
public import Sodium

/// A commitment to those invited to a round: each of them can prove to be among them, and nobody
/// learns who the others are. The leaves of its tree are a salt of 32 bytes, which only the device
/// concerned is told, and the device's identity; they are in the order of their hashes, so that a
/// place says nothing either.
public struct CohortCommitment: Sendable {
    private let tree: MerkleTree
    private let places: [[UInt8]: Int]
    private let secret: SecretBytes

    /// Commits to identities of 32 bytes, at least one.
    ///
    /// - Parameters:
    ///   - identities: The Ed25519 keys of those invited.
    ///   - secret: 32 bytes, fresh for the round and kept by the coordinator: the salts come from
    ///     it.
    public init(identities: [[UInt8]], secret: SecretBytes) throws {
        self.secret = secret
        var leaves: [(hash: [UInt8], identity: [UInt8])] = []
        for identity in identities {
            let salt = try Self.salt(of: identity, secret: secret)
            leaves.append((MerkleTree.Hash.sha256.leaf(salt + identity), identity))
        }
        leaves.sort { $0.hash.lexicographicallyPrecedes($1.hash) }
        var tree = MerkleTree(.sha256)
        var places: [[UInt8]: Int] = [:]
        for (place, leaf) in leaves.enumerated() {
            tree.append(leafHash: leaf.hash)
            places[leaf.identity] = place
        }
        self.tree = tree
        self.places = places
    }

    private static func salt(of identity: [UInt8], secret: SecretBytes) throws -> [UInt8] {
        var hash = try BLAKE2b(key: secret)
        hash.update(identity)
        return hash.finalize()
    }

    /// What stands in ``RoundPlan/cohort``, 32 bytes.
    public var root: [UInt8] { tree.root }

    /// What a device is told of its own place; nil for one that is not invited.
    public func membership(of identity: [UInt8]) throws -> CohortMembership? {
        guard let place = places[identity] else { return nil }
        return CohortMembership(
            salt: try Self.salt(of: identity, secret: secret), place: place,
            path: tree.path(to: place))
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
