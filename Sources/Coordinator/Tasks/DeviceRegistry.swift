/// The enrolled devices in memory: 100 bytes or so each.
struct DeviceRegistry: Sendable {
    private var numbers: [[UInt8]: Int] = [:]
    private(set) var identities: [[UInt8]] = []
    /// When each was there last, by the monotonic clock; the least value for never.
    private var lastSeen: [Int64] = []
    private var counted = (time: Int64.min / 2, count: 0)

    var count: Int { identities.count }

    /// Takes in devices, each with the number that follows.
    mutating func add(_ devices: [EnrolledDevice]) {
        for device in devices where device.number == identities.count {
            numbers[device.identity] = device.number
            identities.append(device.identity)
            lastSeen.append(.min)
        }
    }

    func number(of identity: [UInt8]) -> Int? { numbers[identity] }

    /// A device was there.
    mutating func see(_ number: Int, at time: Int64) { lastSeen[number] = time }

    /// The devices that were there since `time`, among the first `population`, ascending.
    func present(since time: Int64, population: Int) -> [Int] {
        lastSeen.prefix(population).indices.filter { lastSeen[$0] >= time }
    }

    /// How many were there since `time`.
    func presentCount(since time: Int64) -> Int { lastSeen.count { $0 >= time } }

    /// How many were there within the last hour, which is longer than they are sent away for while
    /// there is work; as of half a second ago at the latest, since counting takes a look at every device
    /// and every check-in asks.
    mutating func activeCount(at now: Int64) -> Int {
        if now - counted.time > 500 {
            counted = (now, presentCount(since: now - 60 * 60 * 1000))
        }
        return counted.count
    }
}
