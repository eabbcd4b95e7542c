internal import SecureAggregation

/// The steps of a round in which devices send something, as the kind of the message that they send
/// (protocol/private-sum.md).
package enum RoundStep: Int, Sendable, Hashable, Comparable, CaseIterable {
    case advertising = 1
    case sharing = 3
    case masking = 5
    case endorsing = 7
    case unmasking = 9

    /// The step of an encoded message; nil where it is none of a device's.
    init?(ofMessage message: [UInt8]) {
        guard let kind = message.first else { return nil }
        self.init(rawValue: Int(kind))
    }

    package static func < (left: RoundStep, right: RoundStep) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The name as the pages show it.
    package var name: String { "\(self)" }

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
