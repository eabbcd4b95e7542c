/// When a call that failed for a while is made again: exponential backoff with full jitter, so that
/// devices which lost their coordinator together do not come back together (Brooker, "Exponential
/// backoff and jitter", AWS Architecture Blog, 2015).
package struct RetryPolicy: Sendable {
    /// The longest pause before the second attempt; it doubles with each attempt.
    package var base: Duration
    /// The longest pause.
    package var cap: Duration
    /// The number of attempts in all.
    package var attempts: Int

    package init(
        base: Duration = .milliseconds(200), cap: Duration = .seconds(30), attempts: Int = 10
    ) {
        self.base = base
        self.cap = cap
        self.attempts = attempts
    }

    /// The longest pause that a server can ask for.
    static let longestAskedFor = Duration.seconds(3600)

    /// The pause after `failures` failed attempts, at least one: uniformly random up to the limit, and
    /// no shorter than what the server asked for.
    package func pause(after failures: Int, askedFor: Duration? = nil) -> Duration {
        let limit = min(cap, base * (1 << min(failures - 1, 20)))
        let drawn = limit * Double.random(in: 0...1)
        return max(drawn, min(askedFor ?? .zero, Self.longestAskedFor))
    }
}
