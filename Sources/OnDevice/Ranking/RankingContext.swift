internal import Foundation

extension EventContext {
    /// The hour and weekday of this moment, in the time zone of the device.
    public static var now: EventContext { EventContext(at: Date(), in: .current) }

    /// The hour and weekday of a time in seconds since 1970, in UTC.
    public init(at time: Int64, device: String? = nil) {
        self.init(at: Date(timeIntervalSince1970: Double(time)), in: .gmt)
        self.device = device
    }

    /// The hour and weekday of `date` in `zone`.
    init(at date: Date, in zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.hour, .weekday], from: date)
        // Foundation counts from Sunday = 1.
        self.init(
            hour: UInt8(parts.hour ?? 0), weekday: UInt8(((parts.weekday ?? 1) + 5) % 7 + 1))
    }
}
