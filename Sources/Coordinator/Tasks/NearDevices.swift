/// The devices that a task keeps near: they are told to come again soon, so that they learn of their round
/// in time. Where the population is large, the others are away for longer than an invitation waits.
struct NearDevices: Sendable {
    /// When each was there last.
    private var seen: [Int: Int64] = [:]
    /// When it was looked last who did not come back.
    private var looked = Int64.min / 2

    /// Those that were there since `time`.
    func present(since time: Int64) -> Set<Int> {
        Set(seen.lazy.filter { $0.value >= time }.map(\.key))
    }

    /// Whether a device that is there now is to stay near, being one of `most`; who was not there since
    /// `time` gives up the place.
    mutating func keep(_ device: Int, at now: Int64, since time: Int64, most: Int) -> Bool {
        if seen[device] == nil, seen.count >= most {
            // Every check-in asks, and this takes a look at each of them.
            guard now - looked > 500 else { return false }
            looked = now
            seen = seen.filter { $0.value >= time }
            guard seen.count < most else { return false }
        }
        seen[device] = now
        return true
    }

    /// A round was begun with these devices.
    mutating func release(_ devices: [Int]) {
        for device in devices { seen[device] = nil }
    }
}
