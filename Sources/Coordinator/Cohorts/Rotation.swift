package import Sodium

/// Which devices a round of fixed size invites, from those that are there.
///
/// A device is invited again only after all others were: the sampling claim of a rotation says that
/// no device is in more than ceil(rounds size / population) rounds, and leaves no other choice. Among
/// those whose turn it is, devices that are there come before absent ones, at random. So the absent
/// come at the end of each turn, where a round of theirs may be lost, and not a share of every round.
package struct Rotation: Sendable {
    /// The devices of the population whose turn it is first, from which the cohort is drawn.
    private let turns: [Turn]
    private let size: Int

    /// Devices with the same number of invitations.
    private struct Turn: Sendable {
        var present: [Int] = []
        var absent: [Int] = []
    }

    /// Sorts the population by whose turn it is.
    ///
    /// - Parameters:
    ///   - size: The number of devices to invite, at most the population.
    ///   - population: The number of devices.
    ///   - present: Those that checked in lately.
    ///   - invitationCounts: How many rounds that were begun invited each device; zeros may be left
    ///     out.
    package init(
        size: Int, population: Int, present: Set<Int>, invitationCounts: [Int: Int]
    ) {
        var turns: [Int: Turn] = [:]
        for device in 0..<population {
            let invitations = invitationCounts[device] ?? 0
            if present.contains(device) {
                turns[invitations, default: Turn()].present.append(device)
            } else {
                turns[invitations, default: Turn()].absent.append(device)
            }
        }
        self.turns = turns.sorted { $0.key < $1.key }.map(\.value)
        self.size = min(size, population)
    }

    /// How many absent devices the cohort would have now. Where there are any, it may be worth to
    /// wait for more devices to check in.
    package var absentCount: Int {
        var (left, absent) = (size, 0)
        for turn in turns where left > 0 {
            left -= min(left, turn.present.count)
            let filled = min(left, turn.absent.count)
            absent += filled
            left -= filled
        }
        return absent
    }

    /// Draws the cohort.
    ///
    /// - Returns: The devices in ascending order.
    package func cohort(from randomness: inout some RandomSource) -> [Int] {
        var generator = DrawnNumbers(randomness)
        defer { randomness = generator.source }
        var cohort: [Int] = []
        for group in turns.flatMap({ [$0.present, $0.absent] }) {
            let left = size - cohort.count
            guard left > 0 else { break }
            cohort +=
                group.count <= left ? group : Array(group.shuffled(using: &generator).prefix(left))
        }
        return cohort.sorted()
    }
}

/// A source of random bits as the standard library wants it.
private struct DrawnNumbers<Source: RandomSource>: RandomNumberGenerator {
    var source: Source

    init(_ source: Source) { self.source = source }

    mutating func next() -> UInt64 { source.next() }
}
