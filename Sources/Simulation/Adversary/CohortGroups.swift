internal import Sodium

/// A cohort divided at random into groups, each of which has a private sum of its own.
///
/// **Privacy.** A device is in one group, and nothing else depends on it: the groups compose in
/// parallel, and a round costs what one sum costs (McSherry, "Privacy integrated queries", SIGMOD
/// 2009, theorem 4).
///
/// **Price.** Every group's sum has the noise that the whole cohort's would have, so that the sum of
/// g groups has √g times its standard deviation; the median about 1.25 √g. A group must be large
/// enough for a sum of its own: its minimum of survivors hides a device among fewer others.
///
/// **Limit.** A rule over groups holds while fewer than half of them have a malicious device in a
/// place that counts: m malicious devices spread over about g (1 - (1 - 1/g)^m) groups. Beyond
/// about 0.7 g of them most groups have one, and what is left is that each counts for little.
struct CohortGroups: Sendable {
    /// The positions in the cohort of each group's devices, ascending.
    let positions: [[Int]]

    /// Divides a cohort of `size` devices into groups whose sizes differ by one at most; fewer groups
    /// where some would have less than two devices.
    init(size: Int, groups: Int, seed: UInt64, round: Int) {
        let groups = max(1, min(groups, size / 2))
        var randomness = SeededRandomness(seed: seed, label: "cohort groups", "\(round)")
        let order = randomness.draw(size, below: size)
        positions = (0..<groups).map { group in
            order[size * group / groups..<size * (group + 1) / groups].sorted()
        }
    }
}
