/// A hash tree over a list that only grows (RFC 9162 section 2.1): one root stands for the whole
/// list, and a path of hashes shows what stands at one place of it, or that one list begins with
/// another.
public struct MerkleTree: Sendable {
    /// The length of a hash, in bytes.
    public static let hashLength = 32

    /// The hash function of a tree.
    public enum Hash: Sendable, Hashable {
        /// In the masked sum, like every other hash of it.
        case blake2b
        /// In the ledger: that of RFC 9162 and of every public log.
        case sha256

        func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
            switch self {
            case .blake2b: BLAKE2b.hash(bytes)
            case .sha256: SHA256.hash(bytes)
            }
        }

        /// The hash of a leaf.
        public func leaf(_ bytes: [UInt8]) -> [UInt8] { self([0] + bytes) }

        func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { self([1] + left + right) }
    }

    /// The hash function.
    public let hash: Hash
    /// The number of leaves.
    public private(set) var count = 0
    /// The hashes of all complete subtrees, those of 2^h leaves at h, one after the other.
    private var levels: [[UInt8]] = []

    /// Hashes `leaves`.
    public init(_ hash: Hash = .blake2b, leaves: [[UInt8]] = []) {
        self.hash = hash
        for leaf in leaves { append(leaf) }
    }

    /// Adds a leaf.
    public mutating func append(_ leaf: [UInt8]) { append(leafHash: hash.leaf(leaf)) }

    /// Adds a leaf by its hash, of 32 bytes, as ``Hash/leaf(_:)`` gives it.
    public mutating func append(leafHash: [UInt8]) {
        precondition(leafHash.count == Self.hashLength, "a hash of another length")
        var node = leafHash
        var place = count
        count += 1
        for height in 0... {
            if levels.count == height { levels.append([]) }
            levels[height] += node
            guard place % 2 == 1 else { return }
            node = hash.node(self.node(height, place - 1), node)
            place /= 2
        }
    }

    private func node(_ height: Int, _ place: Int) -> [UInt8] {
        Array(levels[height][place * Self.hashLength..<(place + 1) * Self.hashLength])
    }

    /// The hash that stands for the list.
    public var root: [UInt8] { root(of: count) }

    /// The hash that stood for the list when it had `count` leaves.
    public func root(of count: Int) -> [UInt8] {
        precondition((0...self.count).contains(count), "more leaves than there are")
        return count == 0 ? hash([]) : subtree(0, count)
    }

    /// The hash over the leaves from `first` to below `end`, at least one.
    private func subtree(_ first: Int, _ end: Int) -> [UInt8] {
        let size = end - first
        if size & (size - 1) == 0, first % size == 0 {
            return node(size.trailingZeroBitCount, first / size)
        }
        let split = first + Self.largestPower(below: size)
        return hash.node(subtree(first, split), subtree(split, end))
    }

    /// The largest power of two below `size`, which is 2 or more.
    private static func largestPower(below size: Int) -> Int {
        1 << (Int.bitWidth - 1 - (size - 1).leadingZeroBitCount)
    }

    /// The path that shows what stands at `index` in the first `count` leaves: the partners'
    /// hashes, from the leaf upwards (RFC 9162 section 2.1.3.1).
    public func path(to index: Int, of count: Int? = nil) -> [[UInt8]] {
        let count = count ?? self.count
        precondition(
            count <= self.count && (0..<count).contains(index), "a place outside the list")
        var path: [[UInt8]] = []
        var (first, end) = (0, count)
        while end - first > 1 {
            let split = first + Self.largestPower(below: end - first)
            if index < split {
                path.append(subtree(split, end))
                end = split
            } else {
                path.append(subtree(first, split))
                first = split
            }
        }
        return path.reversed()
    }

    /// The hashes that show that the first `count` leaves begin with the first `old` of them, from
    /// 1 to `count` (RFC 9162 section 2.1.4.1).
    public func consistencyProof(from old: Int, to count: Int) -> [[UInt8]] {
        precondition(count <= self.count && (1...count).contains(old), "more leaves than there are")
        var proof: [[UInt8]] = []
        var (first, end) = (0, count)
        var isWhole = true
        while old < end {
            let split = first + Self.largestPower(below: end - first)
            if old <= split {
                proof.append(subtree(split, end))
                end = split
            } else {
                proof.append(subtree(first, split))
                first = split
                isWhole = false
            }
        }
        if !isWhole { proof.append(subtree(first, end)) }
        return proof.reversed()
    }

    /// Whether `path` shows that `leaf` stands at `index` of the list of `count` leaves with `root`
    /// (RFC 9162 section 2.1.3.2).
    public static func verify(
        _ function: Hash = .blake2b, leaf: [UInt8], at index: Int, of count: Int, path: [[UInt8]],
        root: [UInt8]
    ) -> Bool {
        guard (0..<count).contains(index) else { return false }
        var hash = function.leaf(leaf)
        var (place, last) = (index, count - 1)
        for partner in path {
            guard last > 0, partner.count == hashLength else { return false }
            if place % 2 == 1 || place == last {
                hash = function.node(partner, hash)
                while place % 2 == 0, place > 0 {
                    place /= 2
                    last /= 2
                }
            } else {
                hash = function.node(hash, partner)
            }
            place /= 2
            last /= 2
        }
        return last == 0 && hash == root
    }

    /// Whether `proof` shows that the list of `count` leaves with `root` begins with the list of
    /// `old` leaves with `oldRoot` (RFC 9162 section 2.1.4.2).
    public static func verifyConsistency(
        _ function: Hash = .sha256, from old: Int, root oldRoot: [UInt8], to count: Int,
        root: [UInt8], proof: [[UInt8]]
    ) -> Bool {
        guard (1...max(1, count)).contains(old), count >= 1 else { return false }
        if old == count { return proof.isEmpty && oldRoot == root }
        guard proof.allSatisfy({ $0.count == hashLength }) else { return false }
        var rest = proof[...]
        if old & (old - 1) == 0 { rest = ([oldRoot] + proof)[...] }
        guard let start = rest.popFirst() else { return false }
        var (place, last) = (old - 1, count - 1)
        while place % 2 == 1 {
            place /= 2
            last /= 2
        }
        var (before, after) = (start, start)
        for partner in rest {
            guard last > 0 else { return false }
            if place % 2 == 1 || place == last {
                before = function.node(partner, before)
                after = function.node(partner, after)
                while place % 2 == 0, place > 0 {
                    place /= 2
                    last /= 2
                }
            } else {
                after = function.node(after, partner)
            }
            place /= 2
            last /= 2
        }
        return last == 0 && before == oldRoot && after == root
    }
}
