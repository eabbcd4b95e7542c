/// Why a party refuses to go on with a masked sum.
public enum AggregationError: Error, Equatable, CustomStringConvertible {
    /// The public parameters contradict each other or a limit.
    case invalidParameters(String)
    /// A message came out of order, twice, or after the session ended.
    case unexpectedStep(String)
    /// A message names a device that is not in the cohort, or not a neighbour.
    case unknownDevice(Int)
    /// A device sent a second message for the same step.
    case duplicate(device: Int)
    /// A message does not have the form that the parameters prescribe.
    case malformed(device: Int, String)
    /// A sealed share was altered, or was not meant for this device.
    case forgedShare(from: Int)
    /// Too few devices are left for the sum to be safe, or to be unmasked.
    case tooFewDevices(step: String, left: Int, needed: Int)
    /// The coordinator asks for both kinds of shares of one device, or for an impossible set.
    case inconsistentSurvivors(String)
    /// The shares of a device do not determine the secret that its public key or commitment belongs to.
    case inconsistentShares(device: Int)

    /// The reason in one line.
    public var description: String {
        switch self {
        case .invalidParameters(let reason): "invalid aggregation parameters: \(reason)"
        case .unexpectedStep(let reason): "unexpected message: \(reason)"
        case .unknownDevice(let device): "device \(device) is not expected here"
        case .duplicate(let device): "device \(device) has answered this step before"
        case .malformed(let device, let reason): "device \(device) sent a bad message: \(reason)"
        case .forgedShare(let sender): "the share from device \(sender) cannot be opened"
        case .tooFewDevices(let step, let left, let needed):
            "\(left) devices are left after '\(step)' where \(needed) are needed; "
                + "the sum is not revealed"
        case .inconsistentSurvivors(let reason): "refused to unmask: \(reason)"
        case .inconsistentShares(let device):
            "the shares of device \(device) do not belong to the keys that it advertised"
        }
    }
}
