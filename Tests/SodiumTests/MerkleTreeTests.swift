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

    /// Roots of the test vectors of the Certificate Transparency implementation (RFC 6962 trees with
    /// SHA-256 over the leaves "", 00, 10, 2021, ...).
    @Test func `a tree with SHA-256 is that of public logs`() {
        let leaves: [[UInt8]] = [
            [], [0], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
            Array(0x50...0x57), Array(0x60...0x6F),
        ]
        let tree = MerkleTree(.sha256, leaves: leaves)
        func hexadecimal(_ bytes: [UInt8]) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        #expect(
            hexadecimal(tree.root(of: 0))
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            hexadecimal(tree.root(of: 1))
                == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
        #expect(
            hexadecimal(tree.root)
                == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
    }

    @Test(arguments: 1...24) func `consistency is shown for prefixes and for nothing else`(
        count: Int
    ) {
        let tree = MerkleTree(.sha256, leaves: leaves(count))
        for old in 1...count {
            let proof = tree.consistencyProof(from: old, to: count)
            func shows(_ size: Int, _ root: [UInt8], _ proof: [[UInt8]]) -> Bool {
                MerkleTree.verifyConsistency(
                    from: size, root: root, to: count, root: tree.root, proof: proof)
            }
            let root = tree.root(of: old)
            #expect(shows(old, root, proof))
            #expect(tree.root(of: old) == MerkleTree(.sha256, leaves: leaves(old)).root)
            #expect(!shows(old, [UInt8](repeating: 1, count: 32), proof))
            #expect(!shows(old, root, proof + [root]))
            #expect(proof.isEmpty || !shows(old, root, Array(proof.dropLast())))
            for other in 1...count where other != old { #expect(!shows(other, root, proof)) }
            for index in 0..<old {
                let path = tree.path(to: index, of: old)
                #expect(
                    MerkleTree.verify(
                        .sha256, leaf: leaves(count)[index], at: index, of: old, path: path,
                        root: root))
            }
        }
    }
}
