internal import Sodium

/// Who shares secrets and masks with whom: devices stand on a ring in a random public order, and
/// each is joined to the `degree / 2` next on both sides (the Harary graph of Bell et al., CCS
/// 2020, section 3); complete where the degree is one less than the cohort.
public struct NeighbourGraph: Sendable {
    private let ring: [Int]
    private let position: [Int]
    private let degree: Int

    /// Builds the graph from a public seed. A degree below one less than the cohort is even.
    package init(cohortSize: Int, degree: Int, seed: [UInt8]) {
        var randomness = PublicRandomness(seed: seed, label: "covey neighbour graph")
        ring = randomness.permutation(of: cohortSize)
        var position = [Int](repeating: 0, count: cohortSize)
        for (place, device) in ring.enumerated() { position[device] = place }
        self.position = position
        self.degree = degree
    }

    /// The neighbours of `device` in ascending order.
    public func neighbours(of device: Int) -> [Int] {
        guard ring.indices.contains(device) else { return [] }
        if degree >= ring.count - 1 { return ring.indices.filter { $0 != device } }
        let place = position[device]
        var neighbours: [Int] = []
        neighbours.reserveCapacity(degree)
        for step in stride(from: 1, through: degree / 2, by: 1) {
            neighbours.append(ring[(place + step) % ring.count])
            neighbours.append(ring[(place + ring.count - step) % ring.count])
        }
        return neighbours.sorted()
    }

    /// The fewest devices of a set that stand at `degree / 2` places of the ring in a row; nil
    /// where the graph is complete, in which no places separate others.
    func fewestInWindow(of set: DeviceSet) -> Int? {
        guard degree < ring.count - 1 else { return nil }
        let length = degree / 2
        var inWindow = ring.prefix(length).count(where: set.contains)
        var fewest = inWindow
        for place in ring.indices {
            if set.contains(ring[place]) { inWindow -= 1 }
            if set.contains(ring[(place + length) % ring.count]) { inWindow += 1 }
            fewest = min(fewest, inWindow)
        }
        return fewest
    }
}
