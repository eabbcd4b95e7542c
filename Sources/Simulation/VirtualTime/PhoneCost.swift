/// What a device has spent, check-ins not counted.
struct PhoneCost: Sendable {
    var bytesUp = 0
    var bytesDown = 0
    /// Seconds of computing and transferring.
    var seconds = 0.0
    var joules = 0.0

    static func += (left: inout PhoneCost, right: PhoneCost) {
        left.bytesUp += right.bytesUp
        left.bytesDown += right.bytesDown
        left.seconds += right.seconds
        left.joules += right.joules
    }

    /// The part of what would have been spent that was, before the device was lost.
    func part(_ share: Double) -> PhoneCost {
        PhoneCost(
            bytesUp: Int(Double(bytesUp) * share), bytesDown: Int(Double(bytesDown) * share),
            seconds: seconds * share, joules: joules * share)
    }
}
