/// Why a party refuses to go on with a masked sum.
public enum AggregationError: Error, Equatable, CustomStringConvertible {
    /// The public parameters contradict each other or a limit.
    case invalidParameters(String)
    /// The parameters are not such as the device agreed to.
    case refusedTerms(String)
    /// The device has taken part in this round, or a later one, before.
    case replayed(round: UInt64, latest: UInt64)
    /// Something was made under other parameters than this session's.
    case otherSession
    /// A message came out of order, twice, or after the session ended.
    case unexpectedStep(String)
    /// A message names a device that is not in the cohort, or not a neighbour.
    case unknownDevice(Int)
    /// An identity does not stand at this device's place of the roster.
    case notInRoster(device: Int)
    /// A signature is not that of the device's identity over what it came with.
    case forgedSignature(device: Int)
    /// A device sent a second message for the same step.
    case duplicate(device: Int)
    /// A message does not have the form that the parameters prescribe.
    case malformed(device: Int, String)
    /// Bytes are not a message.
    case undecodable(String)
    /// A sealed share was altered, or was not meant for this device.
    case forgedShare(from: Int)
    /// A neighbour shared its secrets, and its share was kept from this device.
    case withheldShare(of: Int)
    /// A neighbour in the sum has not stated, or not rightly, for whom its vector is masked.
    case missingInclusion(of: Int)
    /// Too few devices are left for the sum to be safe, or to be unmasked.
    case tooFewDevices(step: String, left: Int, needed: Int)
    /// The set of survivors is impossible, or another one than before.
    case inconsistentSurvivors(String)
    /// Too few members of the committee signed the set of survivors.
    case tooFewEndorsements(valid: Int, needed: Int)
    /// The shares of a device do not determine the secret that its public key or commitment belongs
    /// to.
    case inconsistentShares(device: Int)

    /// The reason in one line.
    public var description: String {
        switch self {
        case .invalidParameters(let reason): "invalid aggregation parameters: \(reason)"
        case .refusedTerms(let reason): "the device does not agree to this sum: \(reason)"
        case .replayed(let round, let latest):
            "round \(round) is not after round \(latest), the latest that the device took part in"
        case .otherSession: "the message belongs to a sum with other parameters"
        case .unexpectedStep(let reason): "unexpected message: \(reason)"
        case .unknownDevice(let device): "device \(device) is not expected here"
        case .notInRoster(let device):
            "the identity of device \(device) is not at its place of the roster"
        case .forgedSignature(let device): "the signature of device \(device) is not valid"
        case .duplicate(let device): "device \(device) has answered this step before"
        case .malformed(let device, let reason): "device \(device) sent a bad message: \(reason)"
        case .undecodable(let reason): "not a message of this sum: \(reason)"
        case .forgedShare(let sender): "the share from device \(sender) cannot be opened"
        case .withheldShare(let sender):
            "the share from device \(sender), which is said to be there, was not delivered"
        case .missingInclusion(let device):
            "device \(device) has not stated for whom its vector is masked"
        case .tooFewDevices(let step, let left, let needed):
            "\(left) devices are left after '\(step)' where \(needed) are needed; "
                + "the sum is not revealed"
        case .inconsistentSurvivors(let reason): "refused to unmask: \(reason)"
        case .tooFewEndorsements(let valid, let needed):
            "\(valid) members of the committee signed the survivors where \(needed) are needed; "
                + "the sum is not revealed"
        case .inconsistentShares(let device):
            "the shares of device \(device) do not belong to the keys that it advertised"
        }
    }
}
