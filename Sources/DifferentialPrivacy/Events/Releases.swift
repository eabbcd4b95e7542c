/// Single releases in the order in which they first occurred, and how often each occurs.
struct Releases: Sendable, Hashable, Sequence {
    private var positions: [PrivacyEvent: Int] = [:]
    private var events: [PrivacyEvent] = []
    private var counts: [Double] = []

    mutating func add(_ event: PrivacyEvent, count: Double) {
        guard count > 0 else { return }
        if let position = positions[event] {
            counts[position] += count
        } else {
            positions[event] = events.count
            events.append(event)
            counts.append(count)
        }
    }

    mutating func add(_ others: Releases) {
        for (event, count) in others { add(event, count: count) }
    }

    init() {}

    init(_ event: PrivacyEvent, count: Double) { add(event, count: count) }

    func makeIterator() -> Zip2Sequence<[PrivacyEvent], [Double]>.Iterator {
        zip(events, counts).makeIterator()
    }
}
