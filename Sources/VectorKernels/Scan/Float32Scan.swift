internal import CVectorKernels

/// The scan of a table of float32, which plain Swift does as fast as memory gives the numbers.
struct Float32Scan {
    let blocks: UnsafeRawPointer
    let layout: TableLayout
    let query: UnsafePointer<Float>
    let allowed: UnsafePointer<UInt16>?

    /// Does what `covey_scan_blocks` does with the other kinds.
    func run(
        from first: Int, to end: Int, threshold: Float, found: inout covey_candidates
    ) -> Int {
        guard let upper = found.upper, let lower = found.lower, let items = found.items else {
            return end
        }
        let limit = SIMD16<Float>(repeating: threshold)
        var count = found.count
        defer { found.count = count }
        for block in first..<end {
            let passing = UInt16(allowed?[block] ?? tail(of: block))
            if passing == 0 { continue }
            let start = blocks + block * layout.blockBytes
            var sums = SIMD16<Float>.zero
            for d in 0..<layout.dimension {
                sums += query[d] * start.load(fromByteOffset: 64 * d, as: SIMD16<Float>.self)
            }
            if layout.hasBiases {
                sums += start.load(fromByteOffset: layout.biasOffset, as: SIMD16<Float>.self)
            }
            let above = sums .> limit
            guard any(above) else { continue }
            for lane in 0..<16 where above[lane] && passing >> lane & 1 == 1 {
                upper[count] = sums[lane]
                lower[count] = sums[lane]
                items[count] = Int32(16 * block + lane)
                count += 1
            }
            if count + 16 > found.capacity { return block + 1 }
        }
        return end
    }

    /// The items of a block that there are, as bits.
    private func tail(of block: Int) -> UInt16 {
        let left = layout.count - 16 * block
        return left >= 16 ? .max : 1 << UInt16(left) - 1
    }
}
