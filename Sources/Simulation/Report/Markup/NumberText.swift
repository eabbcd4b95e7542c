internal import Foundation

/// Numbers as a person reads them, the same in every locale.
package enum NumberText {
    /// What stands for a number that there is none of.
    package static let none = "-"

    /// A number with a fixed count of digits after the point; `-` for nil and NaN.
    package static func fixed(_ value: Double?, digits: Int = 3) -> String {
        guard let value, !value.isNaN else { return none }
        guard value.isFinite else { return infinity(value) }
        guard abs(value) < 1e6 else { return scientific(value) }
        // What is not zero shall not look like it.
        if value != 0, abs(value) < 0.5 * pow(10, -Double(digits)) { return scientific(value) }
        return grouped(String(format: "%.\(digits)f", value))
    }

    /// A number with three significant digits and no zeros after them.
    package static func significant(_ value: Double) -> String {
        guard !value.isNaN else { return none }
        guard value.isFinite else { return infinity(value) }
        guard value != 0 else { return "0" }
        guard (1e-3..<1e6).contains(abs(value)) else { return scientific(value) }
        let digits = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
        return grouped(trimmed(String(format: "%.\(digits)f", value)))
    }

    /// A whole number with groups of three digits.
    package static func count(_ value: Int) -> String { grouped("\(value)") }

    /// A whole number of something: "1 round", "2 rounds".
    package static func count(_ value: Int, _ one: String, _ many: String) -> String {
        count(value) + " " + (value == 1 ? one : many)
    }

    /// A number as digits and a power of ten, `10⁻⁵` or `2.5·10⁻⁶`.
    package static func scientific(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return significant(value) }
        let parts = String(format: "%.2e", value).split(separator: "e")
        guard let mantissa = parts.first, let exponent = parts.last.flatMap({ Int($0) }) else {
            return none
        }
        let power = "10" + "\(exponent)".map { superscripts[$0] ?? String($0) }.joined()
        let digits = trimmed(String(mantissa))
        return digits == "1" ? power : "\(digits)·\(power)"
    }

    /// A number of bytes with a unit.
    package static func bytes(_ count: Int) -> String {
        scaled(Double(count), base: 1000, units: ["B", "kB", "MB", "GB", "TB"])
    }

    /// A time with a unit, from milliseconds to hours.
    package static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<0: none
        case ..<1: significant((seconds * 1000).rounded()) + " ms"
        case ..<120: significant(seconds) + " s"
        case ..<7200: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
        case ..<1e9: "\(grouped("\(Int(seconds) / 3600)")) h \(Int(seconds) / 60 % 60) min"
        default: seconds.isNaN ? none : significant(seconds) + " s"
        }
    }

    private static let superscripts: [Character: String] = [
        "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
        "8": "⁸", "9": "⁹",
    ]

    private static func infinity(_ value: Double) -> String { value > 0 ? "∞" : "-∞" }

    private static func scaled(_ value: Double, base: Double, units: [String]) -> String {
        var (value, unit) = (value, 0)
        // 999.5 would be rounded to a figure of four digits.
        while abs(value) >= base - 0.5, unit + 1 < units.count {
            value /= base
            unit += 1
        }
        return significant(value) + " " + units[unit]
    }

    private static func trimmed(_ digits: String) -> String {
        guard digits.contains(".") else { return digits }
        var digits = digits[...]
        while digits.last == "0" { digits.removeLast() }
        if digits.last == "." { digits.removeLast() }
        return String(digits)
    }

    private static func grouped(_ digits: String) -> String {
        let parts = digits.split(separator: ".", maxSplits: 1)
        guard let whole = parts.first else { return digits }
        let isNegative = whole.first == "-"
        var result = ""
        for (place, digit) in whole.drop(while: { $0 == "-" }).reversed().enumerated() {
            if place > 0, place.isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        let fraction = parts.count > 1 ? "." + parts[1] : ""
        return (isNegative ? "-" : "") + String(result.reversed()) + fraction
    }
}
