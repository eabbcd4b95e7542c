import Datasets
import Recommender
import Sodium
import Testing

/// Arbitrary bytes end in data or a typed error, never in a trap.
@Suite struct ReaderMutationTests {
    /// A data set of every format, by file.
    enum Format: CaseIterable {
        case movieLens100K, movieLens1M, csv, gzippedCSV

        var files: [String: [UInt8]] {
            switch self {
            case .movieLens100K:
                let flags = [String](repeating: "1", count: 19).joined(separator: "|")
                return [
                    "u.data": Array("1\t1\t5\t9\n1\t2\t4\t8\n".utf8),
                    "u.item": Array("1|Heat (1995)|01-Jan-1995||u|\(flags)\n".utf8),
                ]
            case .movieLens1M:
                return [
                    "ratings.dat": Array("1::1::5::9\n1::2::4::8\n".utf8),
                    "movies.dat": Array("1::Heat (1995)::Crime|Drama\n".utf8),
                ]
            case .csv:
                let items = "id,title,genres,released\n1,\"A \"\"b\"\" (1990)\",x|y,1990-01-02\n"
                return [
                    "ratings.csv": Array("user,item,rating,timestamp\n1,\"1\",5,9\n1,2,,\n".utf8),
                    "items.csv": Array(items.utf8),
                ]
            case .gzippedCSV:
                return ["ratings.csv.gz": gzip(Array("user,item\n1,1\n1,2\n2,1\n".utf8))]
            }
        }
    }

    private static let alphabet: [UInt8] =
        Array("\",:|\t\r\n()0159.e-n ".utf8) + [0, 0x80, 0xC3, 0xE9, 0xFF]

    @Test(arguments: Format.allCases)
    func `mutated files never crash the reader`(format: Format) throws {
        let directory = try TemporaryDirectory()
        var read = 0
        for seed in UInt64(0)..<500 {
            var randomness = SeededRandomness(seed: seed, label: "mutation")
            for (name, bytes) in format.files.sorted(by: { $0.key < $1.key }) {
                try directory.write(name, mutate(bytes, &randomness))
            }
            let result = Result { () throws(DatasetError) in
                try DatasetReader.read(path: directory.path)
            }
            switch result {
            case .success(let data):
                read += 1
                #expect(isSound(data), "seed \(seed)")
            case .failure(let error):
                #expect(!error.description.contains("\n"), "seed \(seed)")
            }
        }
        // Some survive, some do not; otherwise the mutations test nothing.
        #expect((1..<500).contains(read))
    }

    private func isSound(_ data: InteractionData) -> Bool {
        data.users.allSatisfy { user in
            !user.history.isEmpty
                && user.history.allSatisfy { data.catalogue.items.indices.contains(Int($0.item)) }
        }
    }

    private func mutate(_ original: [UInt8], _ randomness: inout SeededRandomness) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 0...4, using: &randomness) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &randomness)
            let isArbitrary = Bool.random(using: &randomness)
            let byte =
                isArbitrary
                ? UInt8.random(in: 0...255, using: &randomness)
                : Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &randomness)]
            switch Int.random(in: 0..<8, using: &randomness) {
            case 0..<4: bytes[place] = byte
            case 4..<6: bytes.insert(byte, at: place)
            case 6: bytes.remove(at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }
}
