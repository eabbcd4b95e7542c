/// Hides the length of a record's content, coarsely: 64 bytes for nearly all events, and beyond a
/// multiple of 64 that leaves the length's leading bits alone, at most an eighth more.
///
/// The long steps are Padmé of Nikitin et al., "Reducing metadata leakage from encrypted files and
/// communication with PURBs" (PoPETs 2019), algorithm 1; a mark of one bit ends the content (ISO/IEC
/// 9797-1, method 2).
enum Padding {
    static let step = 64

    static func pad(_ content: [UInt8]) -> [UInt8] {
        var padded = content
        padded.append(0x80)
        let target = paddedLength(padded.count)
        padded.append(contentsOf: repeatElement(0, count: target - padded.count))
        return padded
    }

    static func unpad(_ padded: [UInt8]) throws(PayloadReader.Malformed) -> [UInt8] {
        guard let mark = padded.lastIndex(where: { $0 != 0 }), padded[mark] == 0x80 else {
            throw PayloadReader.Malformed()
        }
        return [UInt8](padded[..<mark])
    }

    /// The least length that is allowed and holds `length` bytes, of at least one.
    static func paddedLength(_ length: Int) -> Int {
        let exponent = Int.bitWidth - 1 - length.leadingZeroBitCount
        let kept = Int.bitWidth - exponent.leadingZeroBitCount
        let granularity = max(step, 1 << max(exponent - kept, 0))
        return (length + granularity - 1) / granularity * granularity
    }
}
