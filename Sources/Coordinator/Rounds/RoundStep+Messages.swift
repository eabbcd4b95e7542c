internal import FederatedProtocol
internal import SecureAggregation

extension RoundStep {
    /// The step of an encoded message; nil where it is none of a device's.
    init?(ofMessage message: [UInt8]) {
        guard let kind = message.first else { return nil }
        self.init(rawValue: Int(kind))
    }

    /// The most bytes that a device's message of this step has.
    func largestByteCount(under parameters: AggregationParameters) -> Int {
        switch self {
        case .advertising: KeyAdvertisement.byteCount(under: parameters)
        case .sharing: 5 + parameters.graph.degree * SealedShare.byteCount(under: parameters)
        case .masking: MaskedInput.byteCount(under: parameters)
        case .endorsing: Endorsement.byteCount
        case .unmasking: UnmaskingShares.largestByteCount(under: parameters)
        }
    }
}
