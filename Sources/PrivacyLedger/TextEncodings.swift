internal import Foundation

/// The bytes of base64 text; nil for any but the one canonical text of them, so that two texts
/// never say the same.
func base64(_ text: some StringProtocol) -> [UInt8]? {
    guard let data = Data(base64Encoded: String(text)), data.base64EncodedString() == text else {
        return nil
    }
    return [UInt8](data)
}
