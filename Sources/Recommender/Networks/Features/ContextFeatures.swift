/// When an item was asked for, as rows of a table, one for each field: the device's own clock and
/// history are all that it takes.
package enum ContextFeatures {
    /// The fields: hour of day, weekday, time since the interaction before, interactions so far, the
    /// data set's own code.
    private static let sizes = [24, 7, 33, 16, 256]

    /// The number of fields.
    package static var fieldCount: Int { sizes.count }

    /// The number of rows of a table for all fields.
    package static var rowCount: Int { sizes.reduce(0, +) }

    /// The rows of a moment, one for each field; -1 where nothing is known.
    ///
    /// Times are those of UTC: devices whose clocks show another hour differ by a shift, which their
    /// private vectors can learn.
    ///
    /// - Parameters:
    ///   - time: Seconds since 1970-01-01 UTC.
    ///   - previous: The time of the interaction before; nil where there is none.
    ///   - count: The number of interactions before.
    ///   - code: The data set's own code of the context.
    package static func rows(
        time: Int64, previous: Int64?, count: Int, code: UInt8?
    ) -> [Int32] {
        let (hours, days) = (floored(time, by: 3600), floored(time, by: 86_400))
        let values = [
            Int(hours - 24 * floored(hours, by: 24)),
            // 1970-01-01 was a Thursday: Monday is 0.
            Int(days + 3 - 7 * floored(days + 3, by: 7)),
            previous.map { 1 + min(31, magnitude(of: gap(from: $0, to: time))) } ?? 0,
            min(15, magnitude(of: Int64(count))),
            code.map(Int.init) ?? -1,
        ]
        var first = 0
        return zip(values, sizes).map { value, size in
            defer { first += size }
            return value < 0 ? -1 : Int32(first + value)
        }
    }

    /// The seconds from one time to a later one, as far as they can be counted.
    private static func gap(from previous: Int64, to time: Int64) -> Int64 {
        let (gap, overflow) = time.subtractingReportingOverflow(previous)
        return overflow ? (time > previous ? .max : 0) : max(0, gap)
    }

    private static func floored(_ time: Int64, by unit: Int64) -> Int64 {
        let (quotient, remainder) = time.quotientAndRemainder(dividingBy: unit)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The number of binary digits: 0 for 0, 1 for 1, 2 for 2 and 3.
    private static func magnitude(of number: Int64) -> Int {
        Int64.bitWidth - number.leadingZeroBitCount
    }
}
