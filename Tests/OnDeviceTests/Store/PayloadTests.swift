import Sodium
import Testing

@testable import OnDevice

struct PayloadTests {
    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `events survive their encoding`(seed: UInt64) throws {
        for event in randomEvents(500, seed: seed) {
            #expect(
                try SealedStore.decodeWhole(event.payload, BehaviourEvent.init(payload:)) == event)
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `altered and cut payloads throw or read, and never trap`(seed: UInt64) throws {
        var random = SeededRandomness(seed: seed, label: "mutation")
        let impression = Impression(
            time: 5, items: ["a", "b"], propensities: [0.5, 1], model: "m")
        let record = NamedRecord(name: "genres", answers: ["a", "b"])
        for event in randomEvents(300, seed: seed) {
            for original in [event.payload, impression.payload, record.payload] {
                var bytes = original
                bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
                for index in bytes.indices where Int.random(in: 0..<8, using: &random) == 0 {
                    bytes[index] = .random(in: 0...255, using: &random)
                }
                _ = try? SealedStore.decodeWhole(bytes, BehaviourEvent.init(payload:))
                _ = try? SealedStore.decodeWhole(bytes, Impression.init(payload:))
                _ = try? SealedStore.decodeWhole(bytes, NamedRecord.init(payload:)).answers()
                _ = try? Padding.unpad(bytes)
            }
        }
    }

    @Test func `whole payloads cut anywhere throw`() throws {
        for event in randomEvents(50, seed: 4) {
            for length in 0..<event.payload.count {
                #expect(throws: PayloadReader.Malformed.self) {
                    try SealedStore.decodeWhole(
                        [UInt8](event.payload.prefix(length)), BehaviourEvent.init(payload:))
                }
            }
        }
    }

    @Test func `padding comes off again and hides all but coarse steps`() throws {
        for length in [0, 1, 62, 63, 64, 127, 128, 1000, 4095, 100_000] {
            let content = [UInt8](repeating: 0x80, count: length)
            let padded = Padding.pad(content)
            #expect(try Padding.unpad(padded) == content)
            #expect(padded.count % 64 == 0 && padded.count > length)
            #expect(padded.count <= max(64 * ((length + 64) / 64), length * 9 / 8))
        }
        let lengths = Set((0..<65_536).map { Padding.paddedLength($0 + 1) })
        #expect(lengths.count < 150)
    }

    @Test func `a sealed record opens in its own place only`() throws {
        var randomness = SystemRandomness()
        let key = SecretBytes(count: 32, from: &randomness)
        let place = RecordSealing.Place.record(.event, row: 1, epoch: 2)
        let sealed = try RecordSealing.seal(
            SecretBytes([1, 2, 3]), key: key, place: place, randomness: &randomness)
        #expect(try RecordSealing.open(sealed, key: key, place: place).copy(0..<3) == [1, 2, 3])
        let others: [RecordSealing.Place] = [
            .record(.impression, row: 1, epoch: 2), .record(.event, row: 2, epoch: 2),
            .record(.event, row: 1, epoch: 1), .header, .epochKey(2),
        ]
        for other in others {
            #expect(throws: SodiumError.forgery) {
                _ = try RecordSealing.open(sealed, key: key, place: other)
            }
        }
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            #expect(throws: SodiumError.forgery) {
                _ = try RecordSealing.open(altered, key: key, place: place)
            }
        }
    }
}
