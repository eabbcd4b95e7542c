/// Who checked in lately, as the coordinator knows it: those of the last half minute that it told to come
/// back soon count as there, and those of the last hour as devices that come from time to time.
struct PresenceLog: Sendable {
    private struct Entry: Sendable {
        var time: Double
        var device: Int32
    }

    /// For how long a device that checked in counts as there, in seconds.
    static let presence = 30.0
    private static let minutes = 60

    /// Check-ins of the last half minute by devices that stay near, in a ring.
    private var ring = [Entry](repeating: Entry(time: 0, device: 0), count: 1024)
    private var head = 0
    private(set) var recent = 0
    /// How many of the recent check-ins, from the oldest on, were handed out by ``takeArrival()``.
    private var taken = 0
    /// How many devices checked in last in each of the last sixty minutes.
    private var perMinute = [Int](repeating: 0, count: minutes)
    private var minute = 0
    /// How many devices were there in the last hour.
    private(set) var active = 0

    /// A device checks in that did so last at `before`.
    ///
    /// - Parameter staysNear: Whether it is told to come back soon.
    mutating func see(_ device: Int, at now: Double, before: Double, staysNear: Bool) {
        turn(to: now)
        if before >= 0, Int(before / 60) > minute - Self.minutes {
            perMinute[Int(before / 60) % Self.minutes] -= 1
        } else {
            active += 1
        }
        perMinute[minute % Self.minutes] += 1
        guard staysNear else { return }
        if taken == 0 { drop(before: now - Self.presence) }
        if recent == ring.count { grow() }
        ring[(head + recent) & (ring.count - 1)] = Entry(time: now, device: Int32(device))
        recent += 1
    }

    private mutating func turn(to now: Double) {
        let next = Int(now / 60)
        guard next > minute else { return }
        for passed in minute + 1...min(next, minute + Self.minutes) {
            active -= perMinute[passed % Self.minutes]
            perMinute[passed % Self.minutes] = 0
        }
        minute = next
    }

    /// Forgets check-ins that nobody asked for.
    private mutating func drop(before time: Double) {
        while recent > 0, ring[head].time < time {
            head = (head + 1) & (ring.count - 1)
            recent -= 1
        }
    }

    /// The next of those who were handed out as arrivals and whose check-in became too old; nil when there
    /// is none left.
    mutating func takeDeparture(at now: Double) -> Int? {
        guard taken > 0, ring[head].time < now - Self.presence else {
            if taken == 0 { drop(before: now - Self.presence) }
            return nil
        }
        let device = Int(ring[head].device)
        head = (head + 1) & (ring.count - 1)
        recent -= 1
        taken -= 1
        return device
    }

    /// The next check-in of the last half minute that was not handed out yet; call after
    /// ``takeDeparture(at:)`` found none.
    mutating func takeArrival() -> Int? {
        guard taken < recent else { return nil }
        taken += 1
        return Int(ring[(head + taken - 1) & (ring.count - 1)].device)
    }

    private mutating func grow() {
        let ordered = (0..<recent).map { ring[(head + $0) & (ring.count - 1)] }
        ring = ordered + [Entry](repeating: Entry(time: 0, device: 0), count: ring.count)
        head = 0
    }
}
