import PrivacyLedger

/// A check of the private sum that has found something.
enum Alarm: Hashable {
    /// The measured lower bound on epsilon is above what the ledger's rounds come to.
    case audit
    /// The ledger's verification has a finding of this kind.
    case ledger(LedgerFinding.Kind)
    /// A device refuses to take part, or does not find its round in the ledger.
    case device
    /// A rounded vector is longer than the sensitivity allows.
    case norm
    /// The noise of a device is not what the plan says.
    case noise
    /// Seeds of noise are short, repeated, or not of the device's own making.
    case seeds
    /// The integers of the sum are not those of its devices' vectors and of the noise to be kept.
    case sum
    /// What is published is not what the plan makes of the integers of the sum.
    case decoding
}
