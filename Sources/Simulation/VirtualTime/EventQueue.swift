/// Something that happens to a device at a time.
struct Event: Sendable, Hashable {
    /// Seconds since the beginning.
    var time: Double
    /// The device's number; below 0 for the coordinator.
    var device: Int32
    /// An event whose stamp is no longer that of its device is void.
    var stamp: UInt32

    /// The order in which events happen; a total one, so that it does not depend on how they were queued.
    @inline(__always)
    func isBefore(_ other: Event) -> Bool {
        if time != other.time { return time < other.time }
        if device != other.device { return device < other.device }
        return stamp < other.stamp
    }
}

/// The events to come: a calendar of short buckets for the next two hours, of which only the current one is
/// sorted, and a heap for what comes later (Brown, "Calendar queues", CACM 1988).
///
/// With an event for each of a million devices, a binary heap alone walks twenty cache lines for each
/// event. Here most events are appended to a bucket and sorted among a few dozen others.
struct EventQueue: Sendable {
    private static let bucketCount = 1 << 17
    private static let bucketsPerSecond = 16.0

    private var buckets = [[Event]](repeating: [], count: bucketCount)
    /// The events of the current bucket that are left, the next one last.
    private var current: [Event] = []
    /// The number of the current bucket since the beginning of time.
    private var position = 0
    /// How many events are in buckets after the current one.
    private var waiting = 0
    private var later = EventHeap()

    /// The number of events to come, void ones among them.
    var count: Int { current.count + waiting + later.count }

    mutating func push(_ event: Event) {
        let bucket = Self.bucket(of: event.time)
        if bucket <= position {
            insert(event)
        } else if bucket < position + Self.bucketCount {
            buckets[bucket & (Self.bucketCount - 1)].append(event)
            waiting += 1
        } else {
            later.push(event)
        }
    }

    /// Takes out the next event.
    mutating func pop() -> Event? {
        while current.isEmpty {
            if waiting == 0 {
                guard let first = later.first else { return nil }
                position = Self.bucket(of: first.time)
            } else {
                position += 1
            }
            open()
        }
        return current.removeLast()
    }

    /// Takes up the bucket at `position`, and what is no longer far away.
    private mutating func open() {
        while let event = later.first,
            Self.bucket(of: event.time) < position + Self.bucketCount
        {
            later.removeFirst()
            buckets[Self.bucket(of: event.time) & (Self.bucketCount - 1)].append(event)
            waiting += 1
        }
        let place = position & (Self.bucketCount - 1)
        waiting -= buckets[place].count
        swap(&current, &buckets[place])
        current.sort { $1.isBefore($0) }
    }

    private mutating func insert(_ event: Event) {
        var (low, high) = (0, current.count)
        while low < high {
            let middle = (low + high) / 2
            if event.isBefore(current[middle]) { low = middle + 1 } else { high = middle }
        }
        current.insert(event, at: low)
    }

    private static func bucket(of time: Double) -> Int {
        // What is never to happen is put off for ever.
        Int(min(time * bucketsPerSecond, 0x1p60))
    }
}

/// A binary heap of events, the next one first.
struct EventHeap: Sendable {
    private var events: [Event] = []

    var count: Int { events.count }
    var first: Event? { events.first }

    mutating func push(_ event: Event) {
        var place = events.count
        events.append(event)
        while place > 0 {
            let parent = (place - 1) / 2
            guard event.isBefore(events[parent]) else { break }
            events[place] = events[parent]
            place = parent
        }
        events[place] = event
    }

    mutating func removeFirst() {
        let last = events.removeLast()
        guard !events.isEmpty else { return }
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < events.count else { break }
            if child + 1 < events.count, events[child + 1].isBefore(events[child]) { child += 1 }
            guard events[child].isBefore(last) else { break }
            events[place] = events[child]
            place = child
        }
        events[place] = last
    }
}
