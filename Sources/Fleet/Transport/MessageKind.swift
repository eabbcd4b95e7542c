internal import SecureAggregation

/// The first bytes of a device's messages (protocol/private-sum.md).
package enum MessageKind {
    package static let advertisement = UInt32(KeyAdvertisement.kind)
    package static let sealedShares = UInt32(SealedShares.kind)
    package static let maskedInput = UInt32(MaskedInput.kind)
    package static let endorsement = UInt32(Endorsement.kind)
    package static let unmaskingShares = UInt32(UnmaskingShares.kind)
}
