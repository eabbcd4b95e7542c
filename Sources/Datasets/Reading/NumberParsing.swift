/// The finite number written in `text`, such as "4", "3.5" or "1e3"; nil if it is none.
func parseNumber(_ text: ArraySlice<UInt8>) -> Double? {
    // Nearly every number in a data set is a short run of digits with at most one point.
    var mantissa = 0
    var scale = 1
    var hasPoint = false
    var digits = 0
    for byte in text {
        if byte == UInt8(ascii: "."), !hasPoint {
            hasPoint = true
        } else if byte >= 0x30, byte <= 0x39, digits < 15 {
            mantissa = mantissa * 10 + Int(byte - 0x30)
            if hasPoint { scale *= 10 }
            digits += 1
        } else {
            return parseUnusualNumber(text)
        }
    }
    // Both are integers below 2^53, so this one division is the only rounding.
    return digits > 0 ? Double(mantissa) / Double(scale) : nil
}

private func parseUnusualNumber(_ text: ArraySlice<UInt8>) -> Double? {
    // Swift would also take "0x1p3", "nan" and "infinity".
    let allowed: Set<UInt8> = Set("+-.0123456789eE".utf8)
    guard text.count <= 64, text.allSatisfy(allowed.contains) else { return nil }
    guard let number = Double(decodeText(text)), number.isFinite else { return nil }
    return number
}

/// The integer written in `text`; a fraction, as in "978300019.0", is cut off. Nil if it is none
/// or beyond 64 bits.
func parseInteger(_ text: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    guard !text.isEmpty, text.count <= 18 else { return parseNumber(text).flatMap(truncate) }
    for byte in text {
        guard byte >= 0x30, byte <= 0x39 else { return parseNumber(text).flatMap(truncate) }
        value = value * 10 + Int64(byte - 0x30)
    }
    return value
}

private func truncate(_ number: Double) -> Int64? { Int64(exactly: number.rounded(.towardZero)) }
