/// The devices of one round, in the order of their numbers in the masked sum, and what becomes of them.
struct Cohort: Sendable {
    /// The devices' numbers in the population.
    let devices: [Int]
    /// What becomes of each, in the same order.
    let fates: [Fate]
    /// What it took in virtual time; nil where there is none.
    let time: VirtualRound?

    /// The positions whose vectors end up in the sum if the protocol succeeds.
    var masking: [Int] { devices.indices.filter { fates[$0].masks } }

    /// The number of devices that answer each of the four steps.
    var perStep: [Int] {
        // A fate's number is that of the steps that it answers.
        (1...4).map { step in fates.count { $0.rawValue >= step } }
    }

    /// A cohort of devices and what becomes of them.
    init(devices: [Int], fates: [Fate]) {
        self.devices = devices
        self.fates = fates
        time = nil
    }

    /// The cohort of a round in virtual time.
    init(_ round: VirtualRound) {
        devices = round.devices
        fates = round.fates
        time = round
    }

    /// How many models passed between the download of the device at a position and the sum.
    func staleness(at position: Int) -> Int { time?.staleness[position] ?? 0 }

    /// Those of some positions.
    func part(_ positions: [Int]) -> Cohort {
        guard var round = time else {
            return Cohort(
                devices: positions.map { devices[$0] }, fates: positions.map { fates[$0] })
        }
        round.devices = positions.map { devices[$0] }
        round.fates = positions.map { fates[$0] }
        round.staleness = positions.map { round.staleness[$0] }
        return Cohort(round)
    }
}
