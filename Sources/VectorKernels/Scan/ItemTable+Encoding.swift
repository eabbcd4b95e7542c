extension ItemTable {
    /// The bytes of a table, to be kept from a multiple of 64 on.
    ///
    /// Integer precisions have a scale for each item, its largest magnitude over the largest
    /// number; rounding is to the nearest. A value that is not finite counts as 0.
    ///
    /// - Parameters:
    ///   - rows: The values of item after item.
    ///   - dimension: The number of values of an item, 1 to 65,536.
    ///   - biases: What is added to the score of each item, if anything.
    ///   - precision: How values are kept.
    /// - Precondition: The sizes fit.
    public static func encode(
        rows: [Float], dimension: Int, biases: [Float]?, precision: VectorPrecision
    ) -> [UInt8] {
        let count = dimension > 0 ? rows.count / dimension : 0
        guard
            let layout = TableLayout(
                count: count, dimension: dimension, precision: precision, hasBiases: biases != nil)
        else { preconditionFailure("no table has this shape") }
        precondition(rows.count == count * dimension && (biases?.count ?? count) == count)
        var bytes = [UInt8](repeating: 0, count: layout.byteCount)
        bytes.withUnsafeMutableBytes { bytes in
            var row = [Float](repeating: 0, count: dimension)
            for item in 0..<count {
                for d in 0..<dimension {
                    let value = rows[item * dimension + d]
                    row[d] = value.isFinite ? value : 0
                }
                layout.write(row, of: item, to: bytes)
                if let bias = biases?[item] {
                    bytes.storeBytes(
                        of: bias.isFinite ? bias : 0,
                        toByteOffset: layout.place(item, layout.biasOffset), as: Float.self)
                }
            }
        }
        return bytes
    }
}

extension TableLayout {
    /// Writes the values and the scale of an item; `bytes` is zero where they go.
    fileprivate func write(_ row: [Float], of item: Int, to bytes: UnsafeMutableRawBufferPointer) {
        let block = item / 16 * blockBytes
        let lane = item % 16
        switch precision {
        case .float32:
            for (d, value) in row.enumerated() {
                bytes.storeBytes(
                    of: value, toByteOffset: block + 64 * d + 4 * lane, as: Float.self)
            }
        case .float16:
            for (d, value) in row.enumerated() {
                bytes.storeBytes(
                    of: HalfPrecision.bits(of: value), toByteOffset: block + 32 * d + 2 * lane,
                    as: UInt16.self)
            }
        case .int8:
            let scale = scale(of: row, levels: 127)
            for (d, value) in row.enumerated() {
                let level = (value / scale).rounded(.toNearestOrEven)
                bytes[block + 16 * (d & ~3) + 4 * lane + d % 4] = UInt8(
                    clamped(level + 128, to: 1...255))
            }
            // Padding is the number 0, so that it adds as much as the offset takes away.
            for d in row.count..<4 * groups {
                bytes[block + 16 * (d & ~3) + 4 * lane + d % 4] = 128
            }
            writeScale(scale, of: item, to: bytes)
        case .int4:
            let scale = scale(of: row, levels: 7.5)
            for (d, value) in row.enumerated() {
                let level = UInt8(clamped((value / scale + 7.5).rounded(), to: 0...15))
                writeNibble(level, d, block: block, lane: lane, to: bytes)
            }
            writeScale(scale, of: item, to: bytes)
        case .int12:
            let scale = scale(of: row, levels: 2047.5)
            for (d, value) in row.enumerated() {
                let level = Int(clamped((value / scale + 2047.5).rounded(), to: 0...4095))
                writeNibble(UInt8(level >> 8), d, block: block, lane: lane, to: bytes)
                bytes[residualOffset + item * residualStride + d] = UInt8(level & 255)
            }
            writeScale(256 * scale, of: item, to: bytes)
        }
    }

    /// The largest magnitude over the largest number, or the least that can be divided by: four bits
    /// have no zero, and what stands for it is to be next to nothing.
    private func scale(of row: [Float], levels: Float) -> Float {
        let scale = row.reduce(0) { max($0, abs($1)) } / levels
        return scale.isNormal ? scale : .leastNormalMagnitude
    }

    private func clamped(_ value: Float, to range: ClosedRange<Float>) -> Float {
        min(max(value, range.lowerBound), range.upperBound)
    }

    private func writeScale(
        _ scale: Float, of item: Int, to bytes: UnsafeMutableRawBufferPointer
    ) {
        bytes.storeBytes(of: scale, toByteOffset: place(item, valueBytes), as: Float.self)
    }

    /// Eight dimensions to a group: the first four in the low halves of four bytes.
    private func writeNibble(
        _ level: UInt8, _ d: Int, block: Int, lane: Int, to bytes: UnsafeMutableRawBufferPointer
    ) {
        let place = block + 8 * (d & ~7) + 4 * lane + d % 4
        bytes[place] |= d % 8 < 4 ? level : level << 4
    }
}
