import Foundation
import VectorKernels

/// A ranking of the best hundred, beside a streaming read of the same bytes.
struct RankingMeasurement: Codable {
    static let limit = 100

    var work: String
    /// Milliseconds of a query: the best of several runs, on the average over queries.
    var milliseconds: Double
    /// Milliseconds of the limit, taken likewise.
    var limit: Double
    /// What share of the exact best hundred is found, on the average over queries.
    var recall: Double?
    /// Bytes of the whole table.
    var bytes: Int?
    /// What is aimed at.
    var target: String

    var ratio: Double { milliseconds / limit }

    /// Ranks each query, and reads the bytes in between, so that both meet the same noise.
    ///
    /// With one thread it is processor time, else time that passes.
    init(
        _ work: String, _ table: ItemTable, queries: [[Float]], exact: [Set<Int32>],
        filters: [ItemFilter] = [], threads: Int = 1, target: String
    ) {
        var scan = TopKScan()
        var (found, parity) = (0, UInt64(0))
        // A short scan is repeated until it can be timed.
        let repeats = max(1, 1_000_000 / table.count)
        var times = [Double](repeating: .infinity, count: queries.count)
        var limits = times
        for run in 0..<9 {
            for (number, query) in queries.enumerated() {
                let seconds = Self.time(threads: threads) {
                    for _ in 0..<repeats {
                        scan.top(
                            Self.limit, of: table, query: query, filters: filters,
                            threads: threads)
                    }
                }
                times[number] = min(times[number], seconds / Double(repeats))
                if run == 0 { found += scan.items.filter(exact[number].contains).count }
                let reading = Self.time(threads: 1) {
                    for _ in 0..<repeats { parity ^= table.readBlocks() }
                }
                limits[number] = min(limits[number], reading / Double(repeats))
            }
        }
        // The parity is looked at, so that it has to be worked out.
        precondition(parity == 0 || limits.allSatisfy { $0 > 0 })
        self.work = work
        milliseconds = times.reduce(0, +) / Double(times.count) * 1e3
        limit = limits.reduce(0, +) / Double(limits.count) * 1e3
        recall = Double(found) / Double(exact.reduce(0) { $0 + $1.count })
        bytes = ItemTable.byteCount(
            count: table.count, dimension: table.dimension, precision: table.precision,
            hasBiases: table.hasBiases)
        self.target = target
    }

    /// Something else than a scan that is compared with a limit.
    init(_ work: String, milliseconds: Double, limit: Double, target: String) {
        self.work = work
        self.milliseconds = milliseconds
        self.limit = limit
        self.target = target
    }

    private static func time(threads: Int, _ body: () -> Void) -> Double {
        guard threads > 1 else { return Stopwatch.best(of: 1, body) }
        return ContinuousClock().measure(body) / .seconds(1)
    }

    static let header =
        "work                                 time ms   read ms   ratio   recall      MB  target"

    /// A line under ``header``.
    var line: String {
        let recall = recall.map { String(format: "%8.4f", $0) } ?? "        "
        let size = bytes.map { String(format: "%8.1f", Double($0) / 1e6) } ?? "        "
        return work.padding(toLength: 34, withPad: " ", startingAt: 0)
            + String(format: "%10.4f%10.4f%8.2f ", milliseconds, limit, ratio) + recall + size
            + "  " + target
    }
}
