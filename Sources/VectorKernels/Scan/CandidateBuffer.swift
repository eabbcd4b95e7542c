internal import CVectorKernels

/// Items that a scan has found so far, with bounds of their scores. It is cut down to those that
/// may be among the best whenever it is full: a heap's insertions would cost more than the scan.
struct CandidateBuffer: Sendable {
    private(set) var upper: [Float] = []
    private(set) var lower: [Float] = []
    private(set) var items: [Int32] = []
    private(set) var count = 0
    private var threshold = -Float.infinity
    private var limit = 0
    private var slack: Float = 0

    var capacity: Int { items.count }

    /// Replaces `found` with the items, at least `limit`, whose scores are not below the last cut.
    func takeBest(_ found: inout [Int32]) {
        found.removeAll(keepingCapacity: true)
        take(&found) { lower[$0] >= threshold }
    }

    /// Appends the items that ``takeBest(_:)`` left out and whose scores may reach `least`.
    func takeOthers(from least: Float, _ found: inout [Int32]) {
        take(&found) { lower[$0] < threshold && upper[$0] >= least }
    }

    /// Empties the buffer for the best `limit` items.
    mutating func reset(limit: Int, slack: Float) {
        (count, threshold) = (0, -.infinity)
        (self.limit, self.slack) = (limit, slack)
        grow(to: max(512, 4 * limit) + 16)
    }

    /// Adds what another buffer holds.
    mutating func append(_ other: CandidateBuffer) {
        grow(to: count + other.count)
        for index in 0..<other.count {
            upper[count] = other.upper[index]
            lower[count] = other.lower[index]
            items[count] = other.items[index]
            count += 1
        }
    }

    /// Finds the candidates among the blocks in a range, with a scan that takes the first block,
    /// the threshold and the place for what it finds, and returns the block it did not come to.
    mutating func fill(
        _ blocks: Range<Int>,
        _ scan: (Int, Float, inout covey_candidates) -> Int
    ) {
        var block = blocks.lowerBound
        while block < blocks.upperBound {
            let threshold = threshold
            withCandidates { block = scan(block, threshold, &$0) }
            if block < blocks.upperBound { makeRoom() }
        }
        cut()
    }

    /// Drops what cannot be among the best.
    mutating func cut() {
        let (limit, slack) = (limit, slack)
        threshold = max(threshold, withCandidates { covey_scan_cut(&$0, limit, slack) })
    }

    /// Appends the items whose places satisfy a condition, without a branch that depends on it.
    private func take(_ found: inout [Int32], where isTaken: (Int) -> Bool) {
        var end = found.count
        found.append(contentsOf: items[..<count])
        for index in 0..<count {
            found[end] = items[index]
            end += isTaken(index) ? 1 : 0
        }
        found.removeSubrange(end...)
    }

    private mutating func makeRoom() {
        cut()
        // Where scores are so close that bounds do not tell them apart, all have to stay.
        if count > capacity / 2 { grow(to: 2 * capacity) }
    }

    private mutating func grow(to capacity: Int) {
        let more = capacity - items.count
        guard more > 0 else { return }
        upper.append(contentsOf: repeatElement(0, count: more))
        lower.append(contentsOf: repeatElement(0, count: more))
        items.append(contentsOf: repeatElement(0, count: more))
    }

    private mutating func withCandidates<Result>(
        _ body: (inout covey_candidates) -> Result
    ) -> Result {
        upper.withUnsafeMutableBufferPointer { upper in
            lower.withUnsafeMutableBufferPointer { lower in
                items.withUnsafeMutableBufferPointer { items in
                    var candidates = covey_candidates(
                        upper: upper.baseAddress, lower: lower.baseAddress,
                        items: items.baseAddress, count: count, capacity: items.count)
                    defer { count = candidates.count }
                    return body(&candidates)
                }
            }
        }
    }
}
