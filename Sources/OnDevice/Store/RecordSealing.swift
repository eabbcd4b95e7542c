internal import Sodium

/// The three things that are sealed, each bound to its place: records under the key of their epoch,
/// keys of epochs and the header under the master key.
///
/// A sealed thing is its format (one byte, 1), a random nonce of 24 bytes and the ciphertext with its
/// tag (XChaCha20-Poly1305). The associated data is the format, the purpose or table, the row's id
/// and the epoch, so that nothing opens in another's place.
enum RecordSealing {
    /// Where a sealed thing belongs.
    enum Place {
        case header
        case epochKey(Int64)
        case record(SealedTable, row: Int64, epoch: Int64)

        fileprivate var associatedData: [UInt8] {
            switch self {
            case .header: Self.encode("header", 0, 0)
            case .epochKey(let epoch): Self.encode("epoch", 0, epoch)
            case .record(let table, let row, let epoch): Self.encode(table.rawValue, row, epoch)
            }
        }

        private static func encode(_ name: String, _ row: Int64, _ epoch: Int64) -> [UInt8] {
            var data = PayloadWriter()
            data.append(RecordSealing.format)
            data.append(UInt64(bitPattern: row))
            data.append(UInt64(bitPattern: epoch))
            data.append(lengthPrefixed: name.utf8)
            return data.bytes
        }
    }

    private static let format: UInt8 = 1

    static func seal(
        _ content: SecretBytes, key: SecretBytes, place: Place,
        randomness: inout SystemRandomness
    ) throws(SodiumError) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: AuthenticatedEncryption.nonceLength)
        randomness.fill(&nonce)
        let sealed = try AuthenticatedEncryption.seal(
            content, key: key, nonce: nonce, associatedData: place.associatedData)
        return [format] + nonce + sealed
    }

    static func open(
        _ sealed: [UInt8], key: SecretBytes, place: Place
    ) throws(SodiumError) -> SecretBytes {
        let start = 1 + AuthenticatedEncryption.nonceLength
        guard sealed.count >= start, sealed[0] == format else { throw .forgery }
        return try AuthenticatedEncryption.open(
            [UInt8](sealed[start...]), key: key, nonce: [UInt8](sealed[1..<start]),
            associatedData: place.associatedData)
    }
}
