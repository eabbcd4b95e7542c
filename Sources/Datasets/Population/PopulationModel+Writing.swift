package import Recommender

extension PopulationModel {
    /// How many people are made by one thread at a time.
    private static let batch = 256

    /// People 0 to `count` − 1, in memory.
    package func population(of count: Int, seed: UInt64) -> InteractionData {
        InteractionData(
            name: populationName(of: count, seed: seed), catalogue: catalogue,
            users: mapInParallel(count) { user($0, seed: seed) })
    }

    /// Writes people 0 to `count` − 1 to a file of columns, made on all cores; the file is the same
    /// however many there are.
    ///
    /// - Parameter step: Called now and then with the number of people so far; what it throws ends it,
    ///   and there is no file.
    package func write(
        _ count: Int, seed: UInt64, to path: String, step: (Int) throws -> Void = { _ in }
    ) throws {
        var writer = try InteractionColumnsWriter(
            path: path, name: populationName(of: count, seed: seed), catalogue: catalogue)
        let batches = (count + Self.batch - 1) / Self.batch
        let atOnce = 32
        for first in stride(from: 0, to: batches, by: atOnce) {
            try step(first * Self.batch)
            let parts = mapInParallel(min(atOnce, batches - first)) { part in
                let start = (first + part) * Self.batch
                var histories = EncodedHistories(first: start)
                for number in start..<min(start + Self.batch, count) {
                    histories.append(user(number, seed: seed))
                }
                return histories
            }
            for part in parts { try writer.append(part) }
        }
        try step(count)
        try writer.finish()
    }

    private func populationName(of count: Int, seed: UInt64) -> String {
        "\(name)-like-\(count)-\(seed)"
    }
}
