import SecureAggregation

// What libFuzzer calls: every decoder of what a peer sends. `scripts/fuzz` builds and runs it.

/// The parameters of `protocol/vectors/round.json`, whose messages are the corpus.
private let parameters: AggregationParameters? = {
    let name = [UInt8](repeating: 0, count: AggregationParameters.digestLength)
    guard
        let noise = try? ExcessNoise(
            componentCount: 4, baseUnits: 7, targetUnits: 21, excluded: 2, cohortSize: 5,
            minimumSurvivors: 3)
    else { return nil }
    return try? AggregationParameters(
        session: name, round: 7, rosterRoot: name, purpose: name, cohortSize: 5, vectorLength: 12,
        modulusBits: 11, graph: GraphSecurity(degree: 4, threshold: 2),
        committee: CommitteeSecurity(size: 4, quorum: 2), minimumSurvivors: 3, excessNoise: noise)
}()

/// Decodes `bytes`; what is accepted must be written as it was read.
private func check<Message: AggregationMessage>(_ kind: Message.Type, _ bytes: [UInt8]) {
    guard let parameters else { preconditionFailure("the parameters of the corpus are valid") }
    guard let message = try? Message(decoding: bytes, under: parameters) else { return }
    precondition(message.encoded == bytes, "a message is read as something else")
}

/// Takes one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDecoders(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: data, count: count))
    switch bytes.first.map(Int.init) {
    case KeyAdvertisement.kind: check(KeyAdvertisement.self, bytes)
    case PeerIntroductions.kind: check(PeerIntroductions.self, bytes)
    case SealedShares.kind: check(SealedShares.self, bytes)
    case DeliveredShares.kind: check(DeliveredShares.self, bytes)
    case MaskedInput.kind: check(MaskedInput.self, bytes)
    case DeviceSet.kind: check(DeviceSet.self, bytes)
    case Endorsement.kind: check(Endorsement.self, bytes)
    case UnmaskingRequest.kind: check(UnmaskingRequest.self, bytes)
    default: check(UnmaskingShares.self, bytes)
    }
    return 0
}
