import SecureAggregation
import Sodium
import Testing

/// What a device refuses of what the coordinator sends, and that it never answers afterwards.
@Suite struct DeviceRefusalTests {
    typealias Device = AggregationDevice<SeededRandomness>

    /// A session of 12 devices of degree 6, stopped before each step of device 0.
    private struct Stages {
        var run: MaskedSum
        let neighbours: [Int]
        let stranger: Int
        let ready: Device
        let advertised: Device
        let shared: Device
        let masked: Device
        let keys: [KeyAdvertisement]
        let shares: [SealedShare]
        let request: UnmaskingRequest
    }

    private let stages: Stages

    init() throws {
        var run = try MaskedSum(cohortSize: 12, degree: 6, threshold: 3, minimumSurvivors: 6)
        let neighbours = run.parameters.makeNeighbourGraph().neighbours(of: 0)
        let stranger = try #require((1..<12).first { !neighbours.contains($0) })
        let ready = run.devices[0]
        let told = try run.advertise(Array(0..<12))
        let advertised = run.devices[0]
        let (_, mailboxes) = try run.share(Array(0..<12), told)
        let shared = run.devices[0]
        let lost = neighbours[2]
        let (_, requests) = try run.mask((0..<12).filter { $0 != lost }, mailboxes)
        stages = Stages(
            run: run, neighbours: neighbours, stranger: stranger, ready: ready,
            advertised: advertised, shared: shared, masked: run.devices[0],
            keys: try #require(told[0]), shares: try #require(mailboxes[0]),
            request: try #require(requests[0]))
    }

    /// Expects `step` to throw an error of the kind and every later step of the same device to throw.
    private func expectRefusal(
        _ kind: String, by device: Device, sourceLocation: SourceLocation = #_sourceLocation,
        _ step: (inout Device) throws -> Void
    ) {
        var device = device
        #expect(sourceLocation: sourceLocation) {
            try step(&device)
        } throws: {
            "\($0)".isEmpty == false && $0 is AggregationError
                && String(describing: Mirror(reflecting: $0).children.first?.label ?? "") == kind
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.advertiseKeys()
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.shareKeys(with: stages.keys)
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.mask(stages.run.vectors[0], receiving: stages.shares)
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.unmask(stages.request)
        }
    }

    @Test func `a device outside the cohort cannot join`() {
        for device in [-1, 12, .max] {
            #expect(throws: AggregationError.unknownDevice(device)) {
                try Device(
                    parameters: stages.run.parameters, device: device,
                    randomness: SeededRandomness(seed: 1))
            }
        }
    }

    @Test func `steps out of order or twice end the session`() {
        let vector = stages.run.vectors[0]
        for device in [stages.advertised, stages.shared, stages.masked] {
            expectRefusal("unexpectedStep", by: device) { _ = try $0.advertiseKeys() }
        }
        for device in [stages.ready, stages.shared, stages.masked] {
            expectRefusal("unexpectedStep", by: device) {
                _ = try $0.shareKeys(with: stages.keys)
            }
        }
        for device in [stages.ready, stages.advertised, stages.masked] {
            expectRefusal("unexpectedStep", by: device) {
                _ = try $0.mask(vector, receiving: stages.shares)
            }
        }
        for device in [stages.ready, stages.advertised, stages.shared] {
            expectRefusal("unexpectedStep", by: device) { _ = try $0.unmask(stages.request) }
        }
        var answered = stages.masked
        #expect(throws: Never.self) { try answered.unmask(stages.request) }
        expectRefusal("unexpectedStep", by: answered) { _ = try $0.unmask(stages.request) }
    }

    @Test func `bad key lists are refused`() {
        func expect(
            _ kind: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout [KeyAdvertisement]) -> Void
        ) {
            var keys = stages.keys
            change(&keys)
            expectRefusal(kind, by: stages.advertised, sourceLocation: sourceLocation) {
                _ = try $0.shareKeys(with: keys)
            }
        }
        expect("unknownDevice") { $0[0].device = stages.stranger }
        expect("unknownDevice") { $0[0].device = 0 }
        expect("unknownDevice") { $0[0].device = .min }
        expect("duplicate") { $0[1].device = $0[0].device }
        expect("duplicate") { $0.append($0[0]) }
        expect("tooFewDevices") { $0 = Array($0.prefix(2)) }
        expect("tooFewDevices") { $0 = [] }
        expect("malformed") { $0[1].maskingKey = $0[0].maskingKey }
        expect("malformed") { $0[1].encryptionKey = $0[0].maskingKey }
        expect("malformed") { $0[1].maskingKey = $0[1].encryptionKey }
        expect("malformed") { $0[0].encryptionKey = [UInt8](repeating: 0, count: 32) }
        expect("malformed") { $0[0].encryptionKey.removeLast() }
        expect("malformed") { $0[0].encryptionKey = [] }
    }

    @Test func `its own keys are refused when they come back as another's`() throws {
        var device = stages.ready
        let own = try device.advertiseKeys()
        for reflect in [\KeyAdvertisement.encryptionKey, \.maskingKey] {
            var keys = stages.keys
            keys[0].maskingKey = own[keyPath: reflect]
            expectRefusal("malformed", by: device) { _ = try $0.shareKeys(with: keys) }
        }
    }

    @Test(arguments: [[UInt8](repeating: 0, count: 32), [1, 2, 3]])
    func `a bad masking key ends the session before anything is masked`(key: [UInt8]) throws {
        var device = stages.advertised
        var keys = stages.keys
        keys[0].maskingKey = key
        _ = try device.shareKeys(with: keys)
        expectRefusal("malformed", by: device) {
            _ = try $0.mask(stages.run.vectors[0], receiving: stages.shares)
        }
    }

    @Test func `bad shares are refused`() {
        func expect(
            _ kind: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout [SealedShare]) -> Void
        ) {
            var shares = stages.shares
            change(&shares)
            expectRefusal(kind, by: stages.shared, sourceLocation: sourceLocation) {
                _ = try $0.mask(stages.run.vectors[0], receiving: shares)
            }
        }
        expect("unknownDevice") { $0[0].sender = stages.stranger }
        expect("unknownDevice") { $0[0].sender = 0 }
        expect("unknownDevice") { $0[0].sender = .max }
        expect("duplicate") { $0.append($0[0]) }
        expect("tooFewDevices") { $0 = Array($0.prefix(2)) }
        expect("forgedShare") { $0[0].receiver = stages.stranger }
        expect("forgedShare") {
            let first = $0[0].ciphertext
            $0[0].ciphertext = $0[1].ciphertext
            $0[1].ciphertext = first
        }
        expect("forgedShare") { $0[0].ciphertext.removeLast() }
        expect("forgedShare") { $0[0].ciphertext.append(0) }
        expect("forgedShare") { $0[0].ciphertext = [] }
        for position in 0..<SealedShare.byteCount - 8 {
            expect("forgedShare") { $0[0].ciphertext[position] ^= 1 << UInt8(position % 8) }
        }
    }

    @Test func `a share sealed for the other direction is refused`() throws {
        var device = stages.advertised
        let sent = try device.shareKeys(with: stages.keys)
        var shares = stages.shares
        let reflected = try #require(sent.first { $0.receiver == shares[0].sender })
        shares[0].ciphertext = reflected.ciphertext
        expectRefusal("forgedShare", by: device) {
            _ = try $0.mask(stages.run.vectors[0], receiving: shares)
        }
    }

    @Test func `a vector of another length is refused`() {
        for count in [0, 4, 6] {
            expectRefusal("malformed", by: stages.shared) {
                _ = try $0.mask(
                    [UInt32](repeating: 0, count: count), receiving: stages.shares)
            }
        }
    }

    @Test func `contradictory and unsafe requests to unmask are refused`() {
        func expect(
            _ kind: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout UnmaskingRequest) -> Void
        ) {
            var request = stages.request
            change(&request)
            expectRefusal(kind, by: stages.masked, sourceLocation: sourceLocation) {
                _ = try $0.unmask(request)
            }
        }
        #expect(stages.request.survivors.count == 5 && stages.request.dropped.count == 1)
        #expect(stages.request.survivorCount == 11)
        // Both kinds of share of one device.
        expect("inconsistentSurvivors") { $0.dropped.append($0.survivors[0]) }
        expect("inconsistentSurvivors") { $0.survivors.append($0.dropped[0]) }
        expect("inconsistentSurvivors") { $0.dropped = $0.survivors }
        expect("inconsistentSurvivors") { $0.survivors.append($0.survivors[0]) }
        expect("inconsistentSurvivors") { $0.survivors.removeLast() }
        expect("inconsistentSurvivors") { $0.dropped = [] }
        expect("unknownDevice") { $0.dropped = [stages.stranger] }
        expect("unknownDevice") { $0.survivors[0] = 0 }
        expect("unknownDevice") { $0.survivors[0] = .min }
        expect("tooFewDevices") { $0.survivorCount = 5 }
        expect("tooFewDevices") { $0.survivorCount = .min }
        expect("inconsistentSurvivors") { $0.survivorCount = 13 }
        expect("inconsistentSurvivors") { $0.survivorCount = .max }
        expect("tooFewDevices") {
            $0.dropped += $0.survivors.dropFirst(2)
            $0.survivors = Array($0.survivors.prefix(2))
        }
        expect("tooFewDevices") { $0.survivors = [] }
    }

    @Test func `the device itself must be among the survivors`() throws {
        // Six neighbours survive and the coordinator claims that nobody else does.
        var run = try MaskedSum(cohortSize: 12, degree: 6, threshold: 3, minimumSurvivors: 6)
        let told = try run.advertise(Array(0..<12))
        let (_, mailboxes) = try run.share(Array(0..<12), told)
        let (_, requests) = try run.mask(Array(0..<12), mailboxes)
        var request = try #require(requests[0])
        request.survivorCount = 6
        expectRefusal("inconsistentSurvivors", by: run.devices[0]) {
            _ = try $0.unmask(request)
        }
    }
}
