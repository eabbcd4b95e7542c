import SecureAggregation
import Sodium
import Testing

/// Every decoder with altered messages: it throws or reads what it would write again, and never
/// traps. The corpus is one real message of each kind.
@Suite struct DecoderFuzzTests {
    /// Inputs for each of the nine decoders: more than ten million in all.
    private static let inputs = 1_250_000

    private struct Corpus {
        let parameters: AggregationParameters
        var messages: [[UInt8]] = []
    }

    private func corpus() throws -> Corpus {
        let noise = try ExcessNoise(
            componentCount: 1, baseUnits: 2, targetUnits: 8, excluded: 1, cohortSize: 5,
            minimumSurvivors: 4)
        var run = try MaskedSum(
            cohortSize: 5, degree: 4, threshold: 2, minimumSurvivors: 4, vectorLength: 9,
            committee: CommitteeSecurity(size: 5, quorum: 3), excessNoise: noise)
        var corpus = Corpus(parameters: run.parameters)
        var copy = run.devices[0]
        corpus.messages.append(try copy.advertiseKeys().encoded)
        try run.advertise(Array(0..<5))
        corpus.messages.append(run.coordinator.introductions(for: 0).encoded)
        _ = try run.share(Array(0..<5))
        corpus.messages.append(SealedShares(run.coordinator.shares(for: 0).shares).encoded)
        corpus.messages.append(run.coordinator.shares(for: 0).encoded)
        copy = run.devices[0]
        corpus.messages.append(
            try copy.mask(run.vectors[0], receiving: run.coordinator.shares(for: 0)).encoded)
        _ = try run.mask(Array(0..<4))
        let survivors = DeviceSet(0..<4, cohortSize: 5)
        corpus.messages.append(survivors.encoded)
        copy = run.devices[0]
        corpus.messages.append(try copy.endorse(survivors).encoded)
        _ = try run.endorse(Array(0..<4), survivors)
        let request = try run.coordinator.unmaskingRequest(for: 0)
        corpus.messages.append(request.encoded)
        copy = run.devices[0]
        corpus.messages.append(try copy.unmask(try request.verified(by: run.accepted)).encoded)
        let parameters = corpus.parameters
        #expect(corpus.messages[0].count == KeyAdvertisement.byteCount(under: parameters))
        #expect(
            corpus.messages[2].count == 5 + 4 * SealedShare.byteCount(under: parameters))
        #expect(corpus.messages[4].count == MaskedInput.byteCount(under: parameters))
        #expect(corpus.messages[5].count == 1 + DeviceSet.byteCount(cohortSize: 5))
        #expect(corpus.messages[6].count == Endorsement.byteCount)
        #expect(corpus.messages[7].count <= UnmaskingRequest.largestByteCount(under: parameters))
        #expect(corpus.messages[8].count <= UnmaskingShares.largestByteCount(under: parameters))
        return corpus
    }

    private func fuzz<Message: AggregationMessage>(
        _ kind: Message.Type, _ corpus: Corpus
    ) throws -> Int {
        let original = corpus.messages[Message.kind - 1]
        #expect(try Message(decoding: original, under: corpus.parameters).encoded == original)
        var randomness = SeededRandomness(seed: 50, label: "fuzz", "\(Message.kind)")
        var bits = randomness.next()
        /// The next number below `bound`, from the middle of a linear congruential step.
        func below(_ bound: Int) -> Int {
            bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((bits >> 33) % UInt64(bound))
        }
        var accepted = 0
        for _ in 0..<Self.inputs {
            var bytes = original
            switch below(8) {
            case 0: bytes.removeLast(below(bytes.count + 1))
            case 1: bytes.append(contentsOf: repeatElement(UInt8(below(256)), count: 1 + below(40)))
            case 2: bytes = corpus.messages[below(9)]
            case 3:
                // A number at its edge: in the counts and lengths, if the place fits.
                let edges: [[UInt8]] = [[255, 255, 255, 255], [0, 0, 0, 128], [0, 0, 0, 0]]
                let place = below(max(1, bytes.count - 4))
                for (offset, byte) in edges[below(3)].enumerated()
                where place + offset < bytes.count {
                    bytes[place + offset] = byte
                }
            case 4:
                let from = below(bytes.count), length = below(bytes.count - from)
                bytes.removeSubrange(from..<from + length)
            case 5:
                let from = below(bytes.count), length = below(min(64, bytes.count - from))
                bytes.insert(contentsOf: bytes[from..<from + length], at: below(bytes.count))
            default:
                for _ in 0...below(4) { bytes[below(bytes.count)] ^= UInt8(1 << below(8)) }
            }
            guard let message = try? Message(decoding: bytes, under: corpus.parameters) else {
                continue
            }
            accepted += 1
            guard message.encoded == bytes else {
                Issue.record("kind \(Message.kind) reads \(bytes) as something else")
                break
            }
        }
        return accepted
    }

    @Test(arguments: 1...9) func `altered messages are refused or read as they are`(kind: Int)
        throws
    {
        let corpus = try corpus()
        let accepted =
            switch kind {
            case 1: try fuzz(KeyAdvertisement.self, corpus)
            case 2: try fuzz(PeerIntroductions.self, corpus)
            case 3: try fuzz(SealedShares.self, corpus)
            case 4: try fuzz(DeliveredShares.self, corpus)
            case 5: try fuzz(MaskedInput.self, corpus)
            case 6: try fuzz(DeviceSet.self, corpus)
            case 7: try fuzz(Endorsement.self, corpus)
            case 8: try fuzz(UnmaskingRequest.self, corpus)
            default: try fuzz(UnmaskingShares.self, corpus)
            }
        // Some changes hit bytes that may be anything.
        #expect(accepted > 0 && accepted < Self.inputs)
    }
}
