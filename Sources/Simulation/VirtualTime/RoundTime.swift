/// When a round was in virtual time and what it took: what a line of metrics says of it.
package struct RoundTime: Sendable, Codable, Hashable {
    /// When it began, in seconds since the beginning of the training.
    package var began: Double
    /// When its sum was unmasked.
    package var ended: Double
    /// The attempts before it that came to nothing.
    package var abandoned: Int
    /// The mean number of models between the devices' downloads and the sum.
    package var staleness: Double
    /// What went on since the last round ended.
    package var cost: RoundCost

    /// What a line says of a round.
    init(_ round: VirtualRound) {
        began = round.began
        ended = round.ended
        abandoned = round.abandoned.count
        staleness =
            Double(round.staleness.reduce(0, +)) / Double(max(1, round.staleness.count))
        cost = round.cost
    }
}
