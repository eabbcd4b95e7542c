/// What the coordinator has to do, and how much of it at once.
struct ServerMeter: Sendable {
    private(set) var requests = 0
    private(set) var bytesIn = 0
    private(set) var bytesOut = 0
    /// The most requests in a second.
    private(set) var busiestSecond = 0
    /// The most bytes in a minute, in both directions.
    private(set) var busiestMinute = 0
    /// Devices that are connected for longer than a check-in.
    private(set) var connections = 0
    /// The most of them since ``restartPeak()``, and ever.
    private(set) var recentPeak = 0
    private(set) var peak = 0

    private var second = -1
    private var inSecond = 0
    private var minute = -1
    private var inMinute = 0

    /// A request is answered.
    mutating func request(at time: Double, bytesIn: Int, bytesOut: Int) {
        requests += 1
        self.bytesIn += bytesIn
        self.bytesOut += bytesOut
        let second = Int(time)
        if second != self.second { (self.second, inSecond) = (second, 0) }
        inSecond += 1
        busiestSecond = max(busiestSecond, inSecond)
        let minute = second / 60
        if minute != self.minute { (self.minute, inMinute) = (minute, 0) }
        inMinute += bytesIn + bytesOut
        busiestMinute = max(busiestMinute, inMinute)
    }

    mutating func connect() {
        connections += 1
        recentPeak = max(recentPeak, connections)
        peak = max(peak, connections)
    }

    mutating func disconnect() { connections -= 1 }

    mutating func restartPeak() { recentPeak = connections }
}
