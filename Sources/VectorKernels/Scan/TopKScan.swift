internal import CVectorKernels
internal import Dispatch

/// The items of a table with the best scores for a query, by looking at all of them.
///
/// A scan keeps its workspace: after the first query of a size, nothing is allocated but what sorting
/// the last few hundred candidates, and waking threads, may take. The score of item
/// i is bias_i + Σ_d query_d · row(i)_d in single precision. What is found is the exact best of the
/// stored table, whatever the number of threads and the processor; with
/// ``VectorPrecision/int12``, whose first stage reads four of the twelve bits, all but a few in a
/// thousand of them, the same ones always.
public struct TopKScan: Sendable {
    /// The items found, best first; equal scores by item number.
    public private(set) var items: [Int32] = []
    /// Their scores.
    public private(set) var scores: [Float] = []

    /// What rounding may do to a bound or a score, relative to it.
    private static let slack: Float = 0x1p-21

    private let target: ScanTarget
    private var query = PreparedQuery()
    private var allowed: [UInt64] = []
    private var buffers = [CandidateBuffer()]
    private var candidates: [Int32] = []
    private var exact: [Float] = []
    private var order: [UInt64] = []

    /// A scan without results.
    public init() { self.init(target: .best) }

    /// A scan with a target of choice, or the portable one where that is not available.
    package init(target: ScanTarget) { self.target = target }

    /// Finds the best items.
    ///
    /// - Parameters:
    ///   - limit: The number of items wanted; fewer are found where fewer are allowed.
    ///   - table: The table.
    ///   - query: As many values as an item of the table has. Nothing is found where one of them is
    ///     not finite.
    ///   - filters: Which items may be found; all filters apply.
    ///   - threads: The most threads to use.
    /// - Precondition: `query` has the dimension of the table.
    public mutating func top(
        _ limit: Int, of table: ItemTable, query: [Float], filters: [ItemFilter] = [],
        threads: Int = 1
    ) {
        precondition(query.count == table.dimension)
        items.removeAll(keepingCapacity: true)
        scores.removeAll(keepingCapacity: true)
        let limit = min(limit, table.count)
        guard limit > 0, query.allSatisfy(\.isFinite) else { return }
        self.query.prepare(query, for: table.precision)
        if filters.isEmpty {
            allowed.removeAll(keepingCapacity: true)
        } else {
            ItemFilter.combine(filters, count: table.count, into: &allowed)
        }
        // Below some 4000 items, a thread takes longer to wake than to scan.
        let threads = max(1, min(threads, table.layout.blocks / 256))
        while buffers.count < threads { buffers.append(CandidateBuffer()) }
        let slack = table.layout.hasScales ? Self.slack : 0
        for index in 0..<threads { buffers[index].reset(limit: limit, slack: slack) }
        findCandidates(of: table, threads: threads)
        for index in 1..<max(1, threads) { buffers[0].append(buffers[index]) }
        if threads > 1 { buffers[0].cut() }
        rank(limit, of: table)
    }

    private mutating func findCandidates(of table: ItemTable, threads: Int) {
        let blocks = table.layout.blocks
        let (query, target) = (query, target)
        allowed.withUnsafeBytes { allowed in
            let allowed = allowed.isEmpty ? nil : allowed.bindMemory(to: UInt16.self).baseAddress
            buffers.withUnsafeMutableBufferPointer { buffers in
                // Each thread has a buffer of its own.
                nonisolated(unsafe) let buffers = buffers
                nonisolated(unsafe) let allowed = allowed
                let part: @Sendable (Int) -> Void = { index in
                    let range = index * blocks / threads..<(index + 1) * blocks / threads
                    Self.scan(
                        table, range, query: query, allowed: allowed, target: target,
                        into: &buffers[index])
                }
                if threads == 1 {
                    part(0)
                } else {
                    DispatchQueue.concurrentPerform(iterations: threads, execute: part)
                }
            }
        }
    }

    private static func scan(
        _ table: ItemTable, _ blocks: Range<Int>, query: PreparedQuery,
        allowed: UnsafePointer<UInt16>?, target: ScanTarget,
        into buffer: inout CandidateBuffer
    ) {
        query.with(table, allowed: allowed) { scan in
            buffer.fill(blocks) {
                covey_scan_blocks(target.code, &scan, $0, blocks.upperBound, $1, &$2)
            }
        }
    }

    /// Orders the candidates by their exact scores and keeps the best.
    private mutating func rank(_ limit: Int, of table: ItemTable) {
        if table.layout.hasScales { rescore(limit, of: table) } else { takeScores() }
        let least = covey_scan_nth_largest(exact, exact.count, limit)
        order.removeAll(keepingCapacity: true)
        for (index, score) in exact.enumerated() where score >= least && score > -.infinity {
            // Ascending in this order: descending scores, then ascending items.
            let bits = Int32(bitPattern: score.bitPattern)
            let key = ~UInt32(bitPattern: bits ^ (bits >> 31 & .max) ^ .min)
            order.append(UInt64(key) << 32 | UInt64(UInt32(bitPattern: candidates[index])))
        }
        order.sort()
        for entry in order.prefix(limit) {
            let key = Int32(bitPattern: ~UInt32(truncatingIfNeeded: entry >> 32)) ^ .min
            items.append(Int32(truncatingIfNeeded: entry))
            scores.append(Float(bitPattern: UInt32(bitPattern: key ^ (key >> 31 & .max))))
        }
    }

    /// Bounds that meet are scores.
    private mutating func takeScores() {
        candidates.removeAll(keepingCapacity: true)
        exact.removeAll(keepingCapacity: true)
        candidates.append(contentsOf: buffers[0].items[..<buffers[0].count])
        exact.append(contentsOf: buffers[0].upper[..<buffers[0].count])
    }

    /// Scores first the candidates whose lower bounds are among the best, then those whose upper
    /// bounds are not below all of these scores: about 160 rows of 64 dimensions rather than 250
    /// for the best hundred of ten thousand.
    private mutating func rescore(_ limit: Int, of table: ItemTable) {
        exact.removeAll(keepingCapacity: true)
        buffers[0].takeBest(&candidates)
        scoreCandidates(of: table)
        var least = covey_scan_nth_largest(exact, exact.count, limit)
        least -= abs(least) * Self.slack
        buffers[0].takeOthers(from: least, &candidates)
        scoreCandidates(of: table)
    }

    /// Scores the candidates after those that have scores.
    private mutating func scoreCandidates(of table: ItemTable) {
        let (first, count) = (exact.count, candidates.count - exact.count)
        exact.append(contentsOf: repeatElement(0, count: count))
        query.with(table, allowed: nil) { scan in
            exact.withUnsafeMutableBufferPointer { exact in
                candidates.withUnsafeBufferPointer { candidates in
                    guard let to = exact.baseAddress, let from = candidates.baseAddress else {
                        return
                    }
                    covey_scan_rescore(&scan, from + first, to + first, count)
                }
            }
        }
    }
}
