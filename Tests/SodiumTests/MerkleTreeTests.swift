import Sodium
import Testing

@Suite struct MerkleTreeTests {
    private func leaves(_ count: Int) -> [[UInt8]] {
        (0..<count).map { [UInt8(truncatingIfNeeded: $0), 9] }
    }

    /// The definition of RFC 9162 section 2.1.1, by recursion.
    private func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        guard leaves.count > 1, let first = leaves.indices.first else {
            return BLAKE2b.hash([0] + (leaves.first ?? []))
        }
        var split = 1
        while 2 * split < leaves.count { split *= 2 }
        return BLAKE2b.hash(
            [1] + root(leaves[first..<first + split]) + root(leaves[(first + split)...]))
    }

    @Test(arguments: 1...40) func `roots and paths are those of the definition`(count: Int) {
        let leaves = leaves(count)
        let tree = MerkleTree(leaves: leaves)
        #expect(tree.root == root(leaves[...]))
        for index in 0..<count {
            let path = tree.path(to: index)
            func shows(_ leaf: [UInt8], at place: Int, path: [[UInt8]]) -> Bool {
                MerkleTree.verify(
                    leaf: leaf, at: place, of: count, path: path, root: tree.root)
            }
            #expect(shows(leaves[index], at: index, path: path))
            #expect(!shows([1, 2, 3], at: index, path: path))
            #expect(!shows(leaves[index], at: index, path: path + [leaves[0]]))
            #expect(!shows(leaves[index], at: index, path: path + [tree.root]))
            #expect(path.isEmpty || !shows(leaves[index], at: index, path: Array(path.dropLast())))
            for other in 0..<count where other != index {
                #expect(!shows(leaves[index], at: other, path: path))
            }
        }
    }
}
