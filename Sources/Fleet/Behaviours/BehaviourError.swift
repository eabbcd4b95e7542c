/// Why a file of behaviours cannot be used.
package enum BehaviourError: Error, Equatable, CustomStringConvertible {
    /// The text is not YAML, or not built as a file of behaviours is.
    case malformed(place: String, reason: String)
    /// A key that no behaviour has.
    case unknownKey(String, place: String, known: String)
    /// A value that does not fit its key.
    case badValue(key: String, expected: String, place: String)
    /// The groups have more devices than the fleet.
    case tooMany(asked: Int, devices: Int)

    package var description: String {
        switch self {
        case .malformed(let place, let reason): "\(place): \(reason)"
        case .unknownKey(let key, let place, let known):
            "\(place): there is no key '\(key)'; there are \(known)"
        case .badValue(let key, let expected, let place): "\(place): '\(key)' takes \(expected)"
        case .tooMany(let asked, let devices):
            "the behaviours are for \(asked) devices, and the fleet has \(devices); lower counts or "
                + "shares"
        }
    }
}
