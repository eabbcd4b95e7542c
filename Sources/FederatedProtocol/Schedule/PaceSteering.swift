/// When devices are to come back that checked in and were offered nothing (Bonawitz et al., "Towards
/// federated learning at scale: system design", MLSys 2019, section 2.3).
///
/// Many devices are spread so that they come at a steady rate, about as many in each second. A few are
/// told to come back together, at the time when a round may begin, so that enough of them are there.
package struct PaceSteering: Sendable, Hashable {
    /// How many devices are kept near, for each place in the cohort of the next round: some go before it
    /// begins.
    package static let reserve = 2
    /// The longest time until the middle of a window, in milliseconds: a day.
    private static let longestSpread = 86_400_000.0
    /// The longest that devices are sent away for a round that is expected, in milliseconds: its time
    /// is a guess, and the guess may change.
    private static let longestGuess: Int64 = 600_000

    /// How many check-ins there are to be in a second.
    package let checkInsPerSecond: Double

    /// Steers to a rate above 0.
    package init(checkInsPerSecond: Double) {
        self.checkInsPerSecond = max(checkInsPerSecond, 1e-3)
    }

    /// The window for one device.
    ///
    /// - Parameters:
    ///   - present: How many devices check in from time to time.
    ///   - nextRound: How long it takes until a round is likely to begin, in milliseconds; nil where
    ///     nothing is known.
    ///   - shortest: The shortest time over which check-ins are spread, in milliseconds.
    /// - Returns: The ends of the window in milliseconds from now; the device is to come at a random
    ///   time between them.
    package func wait(
        present: Int, nextRound: Int64?, atLeast shortest: Double = 1000
    ) -> (earliest: Int, latest: Int) {
        // Coming back once in this time on average, the devices make the rate.
        let spread = min(
            max(1000 * Double(max(present, 1)) / checkInsPerSecond, shortest),
            Self.longestSpread)
        let expected = Double(min(max(0, nextRound ?? 0), Self.longestGuess))
        let earliest = max(expected, spread / 2)
        return (Int(earliest), Int(earliest + spread))
    }
}
