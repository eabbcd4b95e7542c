/// The circumstances of an event, in local time as the app sees it.
public struct EventContext: Sendable, Hashable, Codable {
    /// The hour of the day, 0 to 23.
    public var hour: UInt8
    /// The day of the week, 1 to 7, Monday first.
    public var weekday: UInt8
    /// The kind of device, such as "phone"; at most 64 bytes of UTF-8.
    public var device: String?
    /// How many events came before this one in its session, from 0.
    public var sessionPosition: Int?

    /// Describes circumstances; the store checks the ranges when an event is appended.
    public init(hour: UInt8, weekday: UInt8, device: String? = nil, sessionPosition: Int? = nil) {
        self.hour = hour
        self.weekday = weekday
        self.device = device
        self.sessionPosition = sessionPosition
    }
}
