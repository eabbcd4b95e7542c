internal import Foundation

/// A moment as a person and as a machine reads it, in UTC.
struct TimeText {
    /// RFC 3339; empty where there is no such moment.
    let machine: String
    let text: String

    /// - Parameters:
    ///   - milliseconds: Since 1970.
    ///   - now: The same of the moment that it is read beside: what is of the same day needs no date.
    init(_ milliseconds: Int64?, beside now: Int64? = nil) {
        // Up to the year 9999.
        guard let milliseconds, (0..<253_402_300_800_000).contains(milliseconds) else {
            machine = ""
            text = "-"
            return
        }
        machine = Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
        let parts = machine.dropLast().split(separator: "T").map(String.init)
        let day = milliseconds / 86_400_000
        text =
            now.map { $0 / 86_400_000 == day } == true
            ? parts.last ?? "-" : parts.joined(separator: " ")
    }
}
