/// How long something took, each time, as a histogram.
public struct Latencies: Sendable {
    /// Upper ends of the classes, in seconds.
    public static let bounds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
    ]

    /// How many fell into each class, and beyond the last.
    public private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// In seconds.
    public private(set) var sum = 0.0

    /// Nothing yet.
    public init() {}

    /// Counts a time.
    public mutating func record(_ time: Duration) {
        let seconds = time / .seconds(1)
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        sum += seconds
    }
}
