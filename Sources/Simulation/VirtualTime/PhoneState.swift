/// What the simulation keeps of one device.
struct PhoneState: Sendable {
    /// What a device does, and so what its next event means.
    enum Status: UInt8, Sendable {
        /// Its next event is a check-in, the first of a window or a later one.
        case idle
        /// Connected until a round begins; its next event is the end of its window.
        case held
        /// Works on a step of a round; its next event is the answer.
        case answering
        /// Has answered and waits for the next step; it has no event.
        case waiting
        /// Works on, or has finished, but its window ends: its next event.
        case leaving
        /// Falls silent: its next event.
        case crashing
        /// Works on an answer that nobody waits for any more; its next event is the time when it learns
        /// that.
        case late
        /// Asynchronous rounds: trains. Its next event is the end, or the loss.
        case training
        case leavingTraining
        case crashingTraining
        /// Asynchronous rounds: has trained and waits for a cohort; its next event is the end of its
        /// window.
        case ready
    }

    /// The end of the window that has begun, or is to begin next.
    var windowEnd = 0.0
    /// The time of the last check-in.
    var lastSeen = -Double.infinity
    /// The time of the last check-in after which it was told to stay near, for a round that may invite it.
    var lastNear = -Double.infinity
    /// The stamp of the device's next event.
    var stamp: UInt32 = 0
    /// The position in the cohort of the round under way; below 0 for none.
    var place: Int32 = -1
    /// How often the device checked in.
    var checkIns: UInt32 = 0
    /// The version of the model that it trains on.
    var version: Int32 = 0
    var status = Status.idle
}
