package import Sodium

/// Which devices a round of fixed size invites, from those that are there.
///
/// A device is invited again only after all others were: the sampling claim of a rotation says that
/// no device is in more than ceil(rounds size / population) rounds, and leaves no other choice. Among
/// those whose turn it is, devices that are there come before absent ones, at random. So the absent
/// come at the end of each turn, where a round of theirs may be lost, and not a share of every round.
///
/// With a limit instead of turns, every device that was invited less often may be invited again; none
/// more often.
///
/// A device that comes, goes or is invited costs a few memory accesses, and a cohort as many as it has
/// members, whatever the population.
package struct Rotation: Sendable {
    /// The population by whose turn it is, first those that were invited least.
    private var turns: [Turn] = []
    /// How often each device was invited.
    private var invitations: [Int32]
    /// Where each device is in its turn: its position among the present, or the complement of its
    /// position among the absent.
    private var places: [Int32]
    private let size: Int
    /// How often a device may be invited; nil where they take turns.
    private let limit: Int32?

    /// Devices with the same number of invitations or, with a limit, all below it, as if they had none.
    private struct Turn: Sendable {
        var invitations: Int32
        var present: [Int32] = []
        var absent: [Int32] = []

        var isEmpty: Bool { present.isEmpty && absent.isEmpty }
    }

    /// Sorts the population by whose turn it is.
    ///
    /// - Parameters:
    ///   - size: The number of devices to invite, at most the population.
    ///   - population: The number of devices.
    ///   - limit: How often a device may be invited; nil for turns.
    ///   - present: Those that checked in lately.
    ///   - invitationCounts: How many rounds that were begun invited each device; zeros may be left
    ///     out.
    package init(
        size: Int, population: Int, limit: Int? = nil, present: Set<Int> = [],
        invitationCounts: [Int: Int] = [:]
    ) {
        self.limit = limit.map { Int32(clamping: $0) }
        self.size = min(size, population)
        invitations = [Int32](repeating: 0, count: population)
        places = invitations
        for (device, count) in invitationCounts where invitations.indices.contains(device) {
            invitations[device] = Int32(clamping: count)
        }
        turns = Set(invitations.map(key)).sorted().map { Turn(invitations: $0) }
        for device in 0..<population { insert(device, isPresent: present.contains(device)) }
    }

    /// How many absent devices the cohort would have now. Where there are any, it may be worth to
    /// wait for more devices to check in.
    package var absentCount: Int {
        var (left, absent) = (size, 0)
        for turn in turns where left > 0 && isOpen(turn) {
            left -= min(left, turn.present.count)
            let filled = min(left, turn.absent.count)
            absent += filled
            left -= filled
        }
        return absent + left
    }

    /// What devices are sorted by: where there is a limit, all below it come first.
    private func key(_ invitations: Int32) -> Int32 {
        limit.map { invitations < $0 ? 0 : max(1, invitations) } ?? invitations
    }

    /// Whether devices of a turn may be invited.
    private func isOpen(_ turn: Turn) -> Bool { limit == nil || turn.invitations == 0 }

    /// How many devices that are there the next round may invite.
    package var dueCount: Int {
        var (left, due) = (size, 0)
        for turn in turns where left > 0 && isOpen(turn) {
            due += turn.present.count
            left -= turn.present.count + turn.absent.count
        }
        return due
    }

    /// How many rounds invited a device.
    package func invitationCount(of device: Int) -> Int { Int(invitations[device]) }

    /// Whether a device is among those that are there.
    package func isPresent(_ device: Int) -> Bool { places[device] >= 0 }

    /// Whether the next round may invite a device, should it be there.
    package func isDue(_ device: Int) -> Bool {
        if let limit { return invitations[device] < limit }
        var left = size
        for turn in turns where left > 0 {
            if turn.invitations == invitations[device] { return true }
            left -= turn.present.count + turn.absent.count
        }
        return false
    }

    /// A device is there.
    package mutating func arrive(_ device: Int) {
        guard !isPresent(device) else { return }
        remove(device)
        insert(device, isPresent: true)
    }

    /// A device is there no longer.
    package mutating func leave(_ device: Int) {
        guard isPresent(device) else { return }
        remove(device)
        insert(device, isPresent: false)
    }

    /// A round was begun with these devices, each at most once.
    package mutating func invite(_ devices: some Sequence<Int>) { change(devices, by: 1) }

    /// The last round that was begun with these devices does not count.
    package mutating func withdraw(_ devices: some Sequence<Int>) { change(devices, by: -1) }

    private mutating func change(_ devices: some Sequence<Int>, by difference: Int32) {
        for device in devices {
            let wasPresent = isPresent(device)
            remove(device)
            invitations[device] += difference
            insert(device, isPresent: wasPresent)
        }
        turns.removeAll { $0.isEmpty }
    }

    /// Draws the cohort.
    ///
    /// - Returns: The devices in ascending order; fewer than the size where a limit leaves no more.
    package func cohort(from randomness: inout some RandomSource) -> [Int] {
        var generator = DrawnNumbers(randomness)
        defer { randomness = generator.source }
        return cohort(using: &generator)
    }

    /// Draws the cohort.
    ///
    /// - Returns: The devices in ascending order.
    package func cohort(using generator: inout some RandomNumberGenerator) -> [Int] {
        var cohort: [Int] = []
        cohort.reserveCapacity(size)
        for turn in turns where isOpen(turn) {
            for group in [turn.present, turn.absent] {
                let left = size - cohort.count
                guard left > 0 else { break }
                if group.count <= left {
                    cohort += group.map(Int.init)
                } else {
                    cohort += Self.sample(left, of: group, using: &generator)
                }
            }
        }
        return cohort.sorted()
    }

    /// Some devices of a group, each subset with the same chance (Floyd's algorithm).
    private static func sample(
        _ count: Int, of group: [Int32], using generator: inout some RandomNumberGenerator
    ) -> [Int] {
        var chosen = Set<Int>(minimumCapacity: count)
        for last in group.count - count..<group.count {
            let candidate = Int.random(in: 0...last, using: &generator)
            if !chosen.insert(candidate).inserted { chosen.insert(last) }
        }
        return chosen.map { Int(group[$0]) }
    }

    private mutating func insert(_ device: Int, isPresent: Bool) {
        let index = turn(of: key(invitations[device]))
        if isPresent {
            places[device] = Int32(turns[index].present.count)
            turns[index].present.append(Int32(device))
        } else {
            places[device] = ~Int32(turns[index].absent.count)
            turns[index].absent.append(Int32(device))
        }
    }

    private mutating func remove(_ device: Int) {
        let index = turn(of: key(invitations[device]))
        let place = places[device]
        // The last of the group takes the free place.
        if place >= 0 {
            let last = turns[index].present.removeLast()
            if last != Int32(device) {
                turns[index].present[Int(place)] = last
                places[Int(last)] = place
            }
        } else {
            let last = turns[index].absent.removeLast()
            if last != Int32(device) {
                turns[index].absent[Int(~place)] = last
                places[Int(last)] = place
            }
        }
    }

    /// The position of the turn of devices with so many invitations. There are few turns, and mostly
    /// it is one of the first two.
    private mutating func turn(of count: Int32) -> Int {
        for index in turns.indices {
            if turns[index].invitations == count { return index }
            if turns[index].invitations > count {
                turns.insert(Turn(invitations: count), at: index)
                return index
            }
        }
        turns.append(Turn(invitations: count))
        return turns.count - 1
    }
}

/// A source of random bits as the standard library wants it.
private struct DrawnNumbers<Source: RandomSource>: RandomNumberGenerator {
    var source: Source

    init(_ source: Source) { self.source = source }

    mutating func next() -> UInt64 { source.next() }
}
