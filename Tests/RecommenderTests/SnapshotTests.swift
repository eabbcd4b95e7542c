import Recommender
import Testing

@Suite struct SnapshotTests {
    private func snapshot() -> Snapshot {
        var snapshot = Snapshot(kind: "test")
        snapshot.attributes["round"] = "0"
        snapshot.tensors["matrix"] = .init(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])
        // More rows than the file has bytes, of no width: what devices without parameters of their
        // own have.
        snapshot.tensors["private parameters"] = .init(shape: [100_000, 0], values: [])
        return snapshot
    }

    @Test func `snapshots are read as they were written, empty tensors too`() throws {
        let read = try Snapshot(decoding: snapshot().encoded())
        #expect(read.kind == "test" && read.attributes == ["round": "0"])
        #expect(read.tensors["matrix"]?.values == [1, 2, 3, 4, 5, 6])
        #expect(read.tensors["private parameters"]?.shape == [100_000, 0])
    }

    @Test func `altered and cut snapshots are refused`() throws {
        let bytes = snapshot().encoded()
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 4
            #expect(throws: SnapshotError.self) { try Snapshot(decoding: altered) }
            #expect(throws: SnapshotError.self) {
                try Snapshot(decoding: Array(bytes.prefix(index)))
            }
        }
    }
}
