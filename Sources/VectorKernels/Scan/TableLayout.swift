/// Where the numbers of a table lie; `scan.h` says the same of a block.
struct TableLayout: Sendable, Hashable {
    /// The most dimensions: sums of products of bytes stay within 32 bits.
    static let mostDimensions = 1 << 16
    /// The most items: their numbers are 32 bits wide.
    static let mostItems = Int(Int32.max) / 16 * 16

    let count: Int
    let dimension: Int
    let precision: VectorPrecision
    let hasBiases: Bool

    /// The number of groups of dimensions in a block.
    var groups: Int {
        switch precision {
        case .float32: dimension
        case .float16: (dimension + 1) / 2 * 2
        case .int8: (dimension + 3) / 4
        case .int4, .int12: (dimension + 7) / 8
        }
    }

    /// The bytes of the values of a block.
    var valueBytes: Int { groups * (precision == .float16 ? 32 : 64) }

    var hasScales: Bool { precision != .float32 && precision != .float16 }

    /// The place of the biases in a block.
    var biasOffset: Int { valueBytes + (hasScales ? 64 : 0) }

    var blockBytes: Int { biasOffset + (hasBiases ? 64 : 0) }

    /// The number of blocks of 16 items.
    var blocks: Int { (count + 15) / 16 }

    /// The distance of residual rows; a multiple of 16, so that few rows of 64 cross a cache line.
    var residualStride: Int { precision == .int12 ? (dimension + 15) / 16 * 16 : 0 }

    /// The place of the residual rows.
    var residualOffset: Int { blocks * blockBytes }

    var byteCount: Int { residualOffset + 16 * blocks * residualStride }

    /// A layout whose sizes cannot overflow; nil where the shape is out of range.
    init?(count: Int, dimension: Int, precision: VectorPrecision, hasBiases: Bool) {
        guard (0...Self.mostItems).contains(count), (1...Self.mostDimensions).contains(dimension)
        else { return nil }
        self.count = count
        self.dimension = dimension
        self.precision = precision
        self.hasBiases = hasBiases
    }

    /// The place of a scale or bias of an item, given the place of such numbers in a block.
    func place(_ item: Int, _ offset: Int) -> Int {
        item / 16 * blockBytes + offset + item % 16 * 4
    }
}
