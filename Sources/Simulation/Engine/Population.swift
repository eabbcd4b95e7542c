internal import Datasets
internal import Recommender
internal import Sodium

/// The virtual devices of a simulation. Each is made of its history when it is asked for, so that only
/// those at work take up memory.
struct Population: Sendable {
    private let columns: InteractionColumns
    private let split: Split
    /// Whose histories the devices have, where not everybody of the data has one.
    private let people: [Int]?
    /// Devices beyond those of the data, without histories.
    private let emptyDevices: Int

    /// Devices of everybody in the data, or of so many at random.
    init(_ columns: InteractionColumns, split: Split, sampledUsers: Int, seed: UInt64) throws {
        guard sampledUsers <= columns.count else {
            throw ScenarioError.contradiction(
                "data.sampledUsers is \(sampledUsers), and \(columns.name) has "
                    + "\(columns.count) people")
        }
        self.columns = columns
        self.split = split
        emptyDevices = 0
        people =
            sampledUsers == 0
            ? nil : Self.sample(sampledUsers, of: columns.count, seed, "sampled users")
    }

    private init(_ other: Population, people: [Int]?, emptyDevices: Int = 0) {
        columns = other.columns
        split = other.split
        self.people = people
        self.emptyDevices = emptyDevices
    }

    /// The same devices, and so many without histories after them.
    func adding(emptyDevices: Int) -> Population {
        Population(self, people: people, emptyDevices: emptyDevices)
    }

    /// The first so many devices.
    func prefix(_ length: Int) -> Population {
        guard length < count else { return self }
        return Population(self, people: Array((people ?? Array(0..<columns.count)).prefix(length)))
    }

    /// The number of devices.
    var count: Int { (people?.count ?? columns.count) + emptyDevices }

    /// The number of interactions of all devices, held-out ones too.
    var interactionCount: Int {
        people.map { $0.reduce(0) { $0 + columns.length(of: $1) } } ?? columns.interactionCount
    }

    /// How many interactions a device has, held-out ones too.
    func length(of number: Int) -> Int {
        number < (people?.count ?? columns.count)
            ? columns.length(of: people?[number] ?? number) : 0
    }

    /// A device by its number.
    subscript(number: Int) -> SimulatedDevice {
        let withHistory = people?.count ?? columns.count
        guard number < withHistory else {
            return SimulatedDevice(number: number, holdout: Holdout(training: []))
        }
        return SimulatedDevice(
            number: number, holdout: split.holdout(of: columns.user(people?[number] ?? number)))
    }

    /// The numbers of `limit` devices at random, in ascending order; all where there are no more.
    func sample(_ limit: Int, seed: UInt64, for purpose: String) -> [Int] {
        guard limit < count else { return Array(0..<count) }
        return Self.sample(limit, of: count, seed, purpose).sorted()
    }

    private static func sample(
        _ limit: Int, of count: Int, _ seed: UInt64, _ purpose: String
    ) -> [Int] {
        var randomness = SeededRandomness(seed: seed, label: purpose)
        return Array((0..<count).shuffled(using: &randomness).prefix(limit))
    }
}
