import SecureAggregation
import Sodium
import Testing
import VectorKernels

/// What a device refuses of what a coordinator that lies sends, and that it never answers
/// afterwards.
@Suite struct DeviceRefusalTests {
    typealias Device = AggregationDevice<SeededRandomness>

    /// A session of 12 devices of degree 6, stopped before each step of device 0, which is in the
    /// committee.
    struct Stages {
        var run: MaskedSum
        let neighbours: [Int]
        let stranger: Int
        let lost: Int
        let ready: Device
        let advertised: Device
        let shared: Device
        let masked: Device
        let endorsed: Device
        let introductions: [PeerIntroduction]
        let shares: DeliveredShares
        let survivors: DeviceSet
        let request: UnmaskingRequest
    }

    let stages: Stages

    init() throws {
        var run = try MaskedSum(
            cohortSize: 12, degree: 6, threshold: 3, minimumSurvivors: 6,
            committee: CommitteeSecurity(size: 12, quorum: 8))
        let neighbours = run.accepted.graph.neighbours(of: 0)
        let stranger = try #require((1..<12).first { !neighbours.contains($0) })
        let ready = run.devices[0]
        try run.advertise(Array(0..<12))
        let advertised = run.devices[0]
        let introductions = run.coordinator.introductions(for: 0).peers
        _ = try run.share(Array(0..<12))
        let shared = run.devices[0]
        let shares = run.coordinator.shares(for: 0)
        let lost = neighbours[2]
        let left = (0..<12).filter { $0 != lost }
        _ = try run.mask(left)
        let masked = run.devices[0]
        let survivors = DeviceSet(left, cohortSize: 12)
        let request = try run.endorse(left, survivors)
        stages = Stages(
            run: run, neighbours: neighbours, stranger: stranger, lost: lost, ready: ready,
            advertised: advertised, shared: shared, masked: masked, endorsed: run.devices[0],
            introductions: introductions, shares: shares, survivors: survivors, request: request)
    }

    private func kind(of error: any Error) -> String {
        let mirror = Mirror(reflecting: error)
        return mirror.children.first?.label ?? "\(error)".split(separator: " ").first.map(
            String.init)
            ?? ""
    }

    func expect(
        _ kind: String, sourceLocation: SourceLocation = #_sourceLocation, _ step: () throws -> Void
    ) {
        #expect(sourceLocation: sourceLocation) {
            try step()
        } throws: {
            guard let error = $0 as? AggregationError else { return false }
            if case .otherSession = error { return kind == "otherSession" }
            return !error.description.isEmpty && self.kind(of: error) == kind
        }
    }

    /// Expects `step` to throw an error of the kind and every later step of the same device to
    /// throw.
    func expectRefusal(
        _ kind: String, by device: Device, sourceLocation: SourceLocation = #_sourceLocation,
        _ step: (inout Device) throws -> Void
    ) {
        var device = device
        expect(kind, sourceLocation: sourceLocation) { try step(&device) }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.advertiseKeys()
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.shareKeys(with: try peers(stages.introductions))
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.mask(stages.run.vectors[0], receiving: stages.shares)
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.endorse(stages.survivors)
        }
        #expect(throws: AggregationError.self, sourceLocation: sourceLocation) {
            try device.unmask(try verified(stages.request))
        }
    }

    func peers(_ introductions: [PeerIntroduction]) throws -> [VerifiedPeer] {
        try introductions.map { try $0.verified(under: stages.run.parameters) }
    }

    func verified(_ request: UnmaskingRequest) throws -> VerifiedSurvivors {
        try request.verified(by: stages.run.accepted)
    }

    /// The introduction of a device whose keys were changed and signed again, as a corrupt one can.
    private func signed(
        _ introduction: PeerIntroduction, _ change: (inout KeyAdvertisement) -> Void
    ) -> PeerIntroduction {
        var changed = introduction
        change(&changed.advertisement)
        let device = introduction.member.device
        changed.advertisement.signature = stages.run.identities[device].sign(
            changed.advertisement.signedHash(under: stages.run.parameters))
        return changed
    }

    // Joining.

    @Test func `a device joins only at its own place of the roster`() throws {
        let run = stages.run
        var members = [run.roster.member(1)]
        var member = run.roster.member(0)
        member.device = 1
        members.append(member)
        for number in [-1, 12, .max, .min] {
            member.device = number
            members.append(member)
        }
        member = run.roster.member(0)
        member.path.removeLast()
        members.append(member)
        member = run.roster.member(0)
        member.path[1][7] ^= 1
        members.append(member)
        member = run.roster.member(0)
        member.identity.removeLast()
        members.append(member)
        for member in members {
            #expect(throws: AggregationError.self) {
                try Device(
                    accepted: run.accepted, membership: member, identity: run.identities[0],
                    randomness: SeededRandomness(seed: 1))
            }
        }
    }

    @Test func `a roster names everybody once`() throws {
        let keys = stages.run.identities.map(\.publicKey)
        #expect(try Roster(keys.reversed()).root == stages.run.roster.root)
        expect("invalidParameters") { _ = try Roster(keys + [keys[3]]) }
        expect("invalidParameters") { _ = try Roster([keys[0]]) }
        expect("invalidParameters") { _ = try Roster([keys[0], [1, 2]]) }
        expect("invalidParameters") {
            _ = try AggregationCoordinator(
                parameters: stages.run.parameters, roster: try Roster(Array(keys.dropLast())))
        }
    }

    private func parameters(
        cohort: Int = 1000, graph: GraphSecurity? = nil, committee: CommitteeSecurity? = nil,
        minimum: Int = 700, round: UInt64 = 5, noise: ExcessNoise = .none
    ) throws -> AggregationParameters {
        try AggregationParameters(
            session: [UInt8](repeating: 1, count: 32), round: round,
            rosterRoot: [UInt8](repeating: 2, count: 32),
            purpose: [UInt8](repeating: 3, count: 32), cohortSize: cohort, vectorLength: 10,
            modulusBits: 20,
            graph: graph
                ?? GraphSecurity.choose(cohortSize: cohort, corruptShare: 0.05, dropoutShare: 0.3),
            committee: committee
                ?? CommitteeSecurity.choose(
                    cohortSize: cohort, corruptShare: 0.05, dropoutShare: 0.3),
            minimumSurvivors: minimum, excessNoise: noise)
    }

    @Test func `parameters that a device did not consent to are refused`() throws {
        let good = try parameters()
        let terms = AggregationTerms(
            minimumSurvivors: 700, corruptShare: 0.05, purpose: good.purpose, latestRound: 4)
        _ = try terms.accept(good)
        let graph = good.graph
        let committee = good.committee
        // A cohort below the minimum.
        expect("refusedTerms") { _ = try terms.accept(try parameters(minimum: 699)) }
        // A cohort that may consist of corrupt devices but for one.
        expect("refusedTerms") {
            _ = try AggregationTerms(minimumSurvivors: 2, corruptShare: 0.05).accept(
                try parameters(minimum: 51))
        }
        // Replays: the round was, or is long gone.
        expect("replayed") { _ = try terms.accept(try parameters(round: 4)) }
        expect("replayed") { _ = try terms.accept(try parameters(round: 0)) }
        // A graph in which corrupt neighbours are too likely to reach the threshold, or to cut the
        // ring.
        expect("refusedTerms") {
            _ = try terms.accept(
                try parameters(
                    graph: GraphSecurity(
                        degree: graph.degree, threshold: graph.threshold - 1,
                        leastInWindow: graph.leastInWindow)))
        }
        expect("refusedTerms") {
            _ = try terms.accept(
                try parameters(
                    graph: GraphSecurity(
                        degree: 20, threshold: 20, leastInWindow: 10)))
        }
        expect("refusedTerms") {
            _ = try terms.accept(
                try parameters(
                    graph: GraphSecurity(
                        degree: graph.degree, threshold: graph.threshold,
                        leastInWindow: graph.leastInWindow - 1)))
        }
        expect("refusedTerms") {
            _ = try terms.accept(
                try parameters(graph: GraphSecurity(degree: 999, threshold: 50)))
        }
        // A committee of which corrupt members could sign twice.
        expect("refusedTerms") {
            _ = try terms.accept(
                try parameters(
                    committee: CommitteeSecurity(
                        size: committee.size, quorum: committee.size / 2)))
        }
        expect("refusedTerms") {
            _ = try terms.accept(try parameters(committee: CommitteeSecurity(size: 3, quorum: 3)))
        }
        // Another sum than the one that was consented to.
        var others = terms
        others.purpose = [UInt8](repeating: 4, count: 32)
        expect("refusedTerms") { _ = try others.accept(good) }
        // Noise that counts on devices which may be corrupt.
        let noise = try ExcessNoise(
            componentCount: 1, baseUnits: 2, targetUnits: 2 * 950, excluded: 50, cohortSize: 1000,
            minimumSurvivors: 700)
        expect("refusedTerms") { _ = try terms.accept(try parameters(noise: noise)) }
        for share in [-0.1, 1, .nan, .infinity] {
            others = terms
            others.corruptShare = share
            expect("invalidParameters") { _ = try others.accept(good) }
        }
        others = terms
        // A device that trusts fewer of the others.
        others = terms
        others.corruptShare = 0.1
        expect("refusedTerms") { _ = try others.accept(good) }
    }

    // Steps.

    @Test func `steps out of order or twice end the session`() throws {
        let vector = stages.run.vectors[0]
        let peers = try peers(stages.introductions)
        let verified = try verified(stages.request)
        for device in [stages.advertised, stages.shared, stages.masked, stages.endorsed] {
            expectRefusal("unexpectedStep", by: device) { _ = try $0.advertiseKeys() }
        }
        for device in [stages.ready, stages.shared, stages.masked] {
            expectRefusal("unexpectedStep", by: device) { _ = try $0.shareKeys(with: peers) }
        }
        for device in [stages.ready, stages.advertised, stages.masked] {
            expectRefusal("unexpectedStep", by: device) {
                _ = try $0.mask(vector, receiving: stages.shares)
            }
        }
        for device in [stages.ready, stages.advertised, stages.shared, stages.endorsed] {
            expectRefusal("unexpectedStep", by: device) { _ = try $0.endorse(stages.survivors) }
        }
        for device in [stages.ready, stages.advertised, stages.shared] {
            expectRefusal("unexpectedStep", by: device) { _ = try $0.unmask(verified) }
        }
        for device in [stages.masked, stages.endorsed] {
            var answered = device
            #expect(throws: Never.self) { try answered.unmask(verified) }
            expectRefusal("unexpectedStep", by: answered) { _ = try $0.unmask(verified) }
        }
    }

    // A coordinator that lies about keys.

    @Test func `keys that their owner did not sign are refused`() throws {
        let parameters = stages.run.parameters
        func expect(
            _ kind: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout PeerIntroduction) -> Void
        ) {
            var introduction = stages.introductions[0]
            change(&introduction)
            self.expect(kind, sourceLocation: sourceLocation) {
                _ = try introduction.verified(under: parameters)
            }
        }
        // The coordinator's own keys in the place of a neighbour's, to read its shares or take off
        // its masks.
        expect("forgedSignature") { $0.advertisement.encryptionKey[0] ^= 1 }
        expect("forgedSignature") { $0.advertisement.maskingKey[31] ^= 1 }
        // A commitment to a seed that the coordinator knows.
        expect("forgedSignature") { $0.advertisement.commitments[0][5] ^= 1 }
        expect("forgedSignature") { $0.advertisement.signature[9] ^= 1 }
        expect("forgedSignature") { $0.advertisement.signature = [] }
        // An identity of the coordinator's own, which is in no roster.
        expect("notInRoster") { introduction in
            guard let own = try? SigningKey(seed: SecretBytes([UInt8](repeating: 5, count: 32)))
            else { return }
            introduction.member.identity = own.publicKey
            introduction.advertisement.signature = own.sign(
                introduction.advertisement.signedHash(under: parameters))
        }
        // One enrolled device in the place of another.
        expect("malformed") { $0.member = stages.run.roster.member(stages.stranger) }
        expect("notInRoster") {
            $0.member = stages.run.roster.member(stages.stranger)
            $0.member.device = $0.advertisement.device
        }
        expect("notInRoster") { $0.member.path[0][0] ^= 1 }
        expect("notInRoster") { $0.member.path = [] }
        expect("unknownDevice") {
            $0.member.device = .max
            $0.advertisement.device = .max
        }
        expect("malformed") { $0.advertisement.encryptionKey.removeLast() }
        expect("malformed") { $0.advertisement.commitments = [] }
        expect("malformed") { $0.advertisement.commitments.append([]) }
    }

    @Test func `keys of another session are refused, whatever differs`() throws {
        let good = stages.run.parameters
        func varied(round: UInt64? = nil, minimum: Int? = nil, session: UInt8? = nil) throws
            -> AggregationParameters
        {
            try AggregationParameters(
                session: session.map { [UInt8](repeating: $0, count: 32) } ?? good.session,
                round: round ?? good.round, rosterRoot: good.rosterRoot, purpose: good.purpose,
                cohortSize: good.cohortSize, vectorLength: good.vectorLength,
                modulusBits: good.modulusBits, graph: good.graph, committee: good.committee,
                minimumSurvivors: minimum ?? good.minimumSurvivors)
        }
        for other in [try varied(round: 1), try varied(minimum: 7), try varied(session: 8)] {
            expect("forgedSignature") {
                _ = try stages.introductions[0].verified(under: other)
            }
            // What was checked under other parameters is not taken over either.
            var resigned = stages.introductions
            for index in resigned.indices {
                resigned[index].advertisement.signature =
                    stages.run.identities[resigned[index].member.device].sign(
                        resigned[index].advertisement.signedHash(under: other))
            }
            let foreign = try resigned.map { try $0.verified(under: other) }
            expectRefusal("otherSession", by: stages.advertised) {
                _ = try $0.shareKeys(with: foreign)
            }
        }
    }

    @Test func `neighbours that the seed does not give are refused`() throws {
        let introductions = stages.introductions
        func expect(
            _ kind: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout [PeerIntroduction]) -> Void
        ) throws {
            var changed = introductions
            change(&changed)
            let peers = try peers(changed)
            expectRefusal(kind, by: stages.advertised, sourceLocation: sourceLocation) {
                _ = try $0.shareKeys(with: peers)
            }
        }
        let stranger = try #require(stages.run.coordinator.introduction(of: stages.stranger))
        let own = try #require(stages.run.coordinator.introduction(of: 0))
        try expect("unknownDevice") { $0[0] = stranger }
        try expect("unknownDevice") { $0.append(stranger) }
        try expect("unknownDevice") { $0[0] = own }
        try expect("duplicate") { $0[1] = $0[0] }
        try expect("duplicate") { $0.append($0[0]) }
        try expect("tooFewDevices") { $0 = Array($0.prefix(2)) }
        try expect("tooFewDevices") { $0 = [] }
        // Corrupt neighbours that sign what they like.
        try expect("malformed") { list in
            let first = list[0].advertisement
            list[1] = signed(list[1]) { $0.maskingKey = first.maskingKey }
        }
        try expect("malformed") { list in
            list[1] = signed(list[1]) { $0.maskingKey = $0.encryptionKey }
        }
        try expect("malformed") { list in
            list[0] = signed(list[0]) { $0.encryptionKey = [UInt8](repeating: 0, count: 32) }
        }
        for reflect in [\KeyAdvertisement.encryptionKey, \.maskingKey] {
            try expect("malformed") { list in
                list[0] = signed(list[0]) { $0.maskingKey = own.advertisement[keyPath: reflect] }
            }
        }
    }

    @Test func `a weak masking key ends the session before anything is masked`() throws {
        var introductions = stages.introductions
        introductions[0] = signed(introductions[0]) {
            $0.maskingKey = [UInt8](repeating: 0, count: 32)
        }
        var device = stages.advertised
        _ = try device.shareKeys(with: try peers(introductions))
        expectRefusal("malformed", by: device) {
            _ = try $0.mask(stages.run.vectors[0], receiving: stages.shares)
        }
    }
}
