internal import Sodium

/// The enrolled identities that a cohort consists of, in ascending order: device i of the sum is
/// the i-th. Every party knows the root of their hash tree; paths show single members.
///
/// The order is that of the keys themselves, so that every party numbers the devices alike.
public struct Roster: Sendable {
    /// The Ed25519 public keys, 32 bytes each.
    public let identities: [[UInt8]]
    private let tree: MerkleTree

    /// Sorts `identities`; they are distinct and at least two.
    public init(_ identities: [[UInt8]]) throws(AggregationError) {
        let sorted = identities.sorted { $0.lexicographicallyPrecedes($1) }
        guard sorted.count >= 2, sorted.allSatisfy({ $0.count == SigningKey.publicKeyLength })
        else {
            throw .invalidParameters("a roster has two or more identities of 32 bytes")
        }
        guard zip(sorted, sorted.dropFirst()).allSatisfy({ $0 != $1 }) else {
            throw .invalidParameters("an identity is in the roster twice")
        }
        self.identities = sorted
        tree = MerkleTree(leaves: sorted)
    }

    /// The root of the hash tree, 32 bytes.
    public var root: [UInt8] { tree.root }

    /// The number of the device with this identity; nil where it is not in the roster.
    package func number(of identity: [UInt8]) -> Int? {
        var (low, high) = (0, identities.count)
        while low < high {
            let middle = (low + high) / 2
            if identities[middle].lexicographicallyPrecedes(identity) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < identities.count && identities[low] == identity ? low : nil
    }

    /// Device `number` with the path that shows it.
    public func member(_ number: Int) -> RosterMember {
        RosterMember(
            device: number, identity: identities[number], path: tree.path(to: number))
    }
}

/// A member of a roster, with the proof.
public struct RosterMember: Sendable, Hashable {
    /// The device's number in the cohort.
    public var device: Int
    /// Its Ed25519 public key, 32 bytes.
    public var identity: [UInt8]
    /// The hashes from the leaf up to the root of the roster's tree.
    public var path: [[UInt8]]

    /// Describes a member.
    public init(device: Int, identity: [UInt8], path: [[UInt8]]) {
        self.device = device
        self.identity = identity
        self.path = path
    }

    /// Checks that the identity stands at the device's place of the agreed roster.
    func check(against parameters: AggregationParameters) throws(AggregationError) {
        guard (0..<parameters.cohortSize).contains(device) else { throw .unknownDevice(device) }
        guard identity.count == SigningKey.publicKeyLength,
            MerkleTree.verify(
                leaf: identity, at: device, of: parameters.cohortSize, path: path,
                root: parameters.rosterRoot)
        else { throw .notInRoster(device: device) }
    }
}
