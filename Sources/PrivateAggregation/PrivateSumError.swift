/// Why a private sum cannot be planned, encoded or decoded.
public enum PrivateSumError: Error, Equatable, CustomStringConvertible {
    /// A parameter is out of range.
    case invalid(String, String)
    /// No ring of up to 32 bits holds the sum.
    case modulusTooLarge(bits: Int)
    /// A vector has another length than planned.
    case wrongDimension(expected: Int, actual: Int)
    /// A vector holds a NaN or an infinity.
    case notFinite

    /// The reason in one line.
    public var description: String {
        switch self {
        case .invalid(let what, let value): "a private sum cannot have this \(what): \(value)"
        case .modulusTooLarge(let bits):
            "the sum would need a modulus of \(bits) bits where 32 are the most; "
                + "use fewer devices, fewer coordinates or a larger budget"
        case .wrongDimension(let expected, let actual):
            "a vector of \(actual) coordinates was given where \(expected) are planned"
        case .notFinite: "a vector holds a NaN or an infinity"
        }
    }
}
