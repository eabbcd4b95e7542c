internal import FederatedProtocol

/// When a device is to ask again. The coordinator spreads its devices over time; each draws its own
/// moment.
package struct PollingWindow: Sendable, Hashable {
    package let earliest: Duration
    package let latest: Duration
    /// Whom to ask, as a URL; empty for the one that was asked.
    package let coordinator: String
    /// In words.
    package let reason: String

    /// No window is waited for longer than this, whatever a coordinator says.
    static let longest = Duration.seconds(86_400)
    /// None is shorter: a coordinator that says 0 is not asked in a tight loop.
    static let shortest = Duration.milliseconds(20)

    package init(
        earliest: Duration, latest: Duration, coordinator: String = "", reason: String = ""
    ) {
        self.earliest = min(max(earliest, .zero), Self.longest)
        self.latest = min(max(latest, self.earliest, Self.shortest), Self.longest)
        self.coordinator = coordinator
        self.reason = reason
    }

    init(_ wait: Covey_V1_Wait) {
        self.init(
            earliest: .milliseconds(Int64(wait.earliestMs)),
            latest: .milliseconds(Int64(wait.latestMs)), coordinator: wait.coordinator,
            reason: wait.reason)
    }

    /// Sleeps to a random moment of the window.
    package func wait() async throws {
        try await Task.sleep(for: earliest + (latest - earliest) * Double.random(in: 0...1))
    }
}
