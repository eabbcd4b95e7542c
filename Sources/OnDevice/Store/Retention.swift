/// How much of the behaviour is kept; what goes beyond is erased like anything deleted by hand.
///
/// The limits hold for events and for impressions, each by themselves. Answers and documents stay
/// until they are replaced or deleted.
///
/// Ages count from the present, or from a day after the newest record where that is earlier: a clock
/// that is set far ahead for less than a day erases nothing, and after a long absence what is too
/// old goes on the second day of use.
public struct Retention: Sendable, Hashable {
    /// The greatest age in seconds.
    public var age: Int64
    /// The greatest number of events, and of impressions.
    public var count: Int

    /// 400 days, so that a season meets the same one of the year before, and 50,000 events.
    public static let `default` = Retention(age: 400 * 86_400, count: 50_000)

    /// Sets the limits; values below one are taken for one.
    public init(age: Int64, count: Int) {
        self.age = max(age, 1)
        self.count = max(count, 1)
    }
}
