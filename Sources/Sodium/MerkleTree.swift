/// A hash tree over a list (RFC 9162 section 2.1, with BLAKE2b in the place of SHA-256): one root
/// stands for the whole list, and a path of hashes shows what stands at one place of it.
public struct MerkleTree: Sendable {
    /// The length of a hash, in bytes.
    public static let hashLength = 32

    /// The hashes of each level, leaves first; a last node without a partner is part of the next
    /// level as it is.
    private let levels: [[[UInt8]]]

    /// Hashes `leaves`, of which there is at least one.
    public init(leaves: [[UInt8]]) {
        precondition(!leaves.isEmpty, "a tree without leaves")
        var levels = [leaves.map(Self.hash(leaf:))]
        while let level = levels.last, level.count > 1 {
            levels.append(
                stride(from: 0, to: level.count, by: 2).map {
                    $0 + 1 < level.count ? Self.hash(level[$0], level[$0 + 1]) : level[$0]
                })
        }
        self.levels = levels
    }

    /// The hash that stands for the list.
    public var root: [UInt8] { levels[levels.count - 1][0] }

    /// The path that shows what stands at `index`: the partners' hashes, from the leaf upwards.
    public func path(to index: Int) -> [[UInt8]] {
        precondition(levels[0].indices.contains(index), "a place outside the list")
        return levels.enumerated().compactMap { height, level in
            let partner = (index >> height) ^ 1
            return partner < level.count ? level[partner] : nil
        }
    }

    /// Whether `path` shows that `leaf` stands at `index` of the list of `count` leaves with `root`
    /// (RFC 9162 section 2.1.3.2).
    public static func verify(
        leaf: [UInt8], at index: Int, of count: Int, path: [[UInt8]], root: [UInt8]
    ) -> Bool {
        guard (0..<count).contains(index) else { return false }
        var hash = hash(leaf: leaf)
        var (place, last) = (index, count - 1)
        for partner in path {
            guard last > 0, partner.count == hashLength else { return false }
            if place % 2 == 1 || place == last {
                hash = Self.hash(partner, hash)
                while place % 2 == 0, place > 0 {
                    place /= 2
                    last /= 2
                }
            } else {
                hash = Self.hash(hash, partner)
            }
            place /= 2
            last /= 2
        }
        return last == 0 && hash == root
    }

    private static func hash(leaf: [UInt8]) -> [UInt8] { BLAKE2b.hash([0] + leaf) }

    private static func hash(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        BLAKE2b.hash([1] + left + right)
    }
}
