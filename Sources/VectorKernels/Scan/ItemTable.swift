internal import CVectorKernels

/// The embeddings and biases of items, in a form that a scan reads as one stream.
public struct ItemTable: Sendable {
    let layout: TableLayout
    private let storage: MappedBytes
    private let offset: Int

    /// The number of items.
    public var count: Int { layout.count }
    /// The number of values of an item.
    public var dimension: Int { layout.dimension }
    /// How values are kept.
    public var precision: VectorPrecision { layout.precision }
    /// Whether items have biases.
    public var hasBiases: Bool { layout.hasBiases }

    /// A table in bytes that ``encode(rows:dimension:biases:precision:)`` made.
    ///
    /// Bytes that it did not make give meaningless scores and nothing worse.
    ///
    /// - Parameters:
    ///   - bytes: What holds the table.
    ///   - offset: Where it begins, a multiple of 64.
    ///   - count: The number of items.
    ///   - dimension: The number of values of an item, 1 to 65,536.
    ///   - precision: How values are kept.
    ///   - hasBiases: Whether items have biases.
    /// - Throws: ``ItemTableError``.
    public init(
        _ bytes: MappedBytes, offset: Int, count: Int, dimension: Int, precision: VectorPrecision,
        hasBiases: Bool
    ) throws(ItemTableError) {
        guard
            let layout = TableLayout(
                count: count, dimension: dimension, precision: precision, hasBiases: hasBiases)
        else { throw .impossibleShape(count: count, dimension: dimension) }
        guard offset >= 0, offset % 64 == 0 else { throw .misaligned(offset: offset) }
        let available = max(0, bytes.count - offset)
        guard layout.byteCount <= available else {
            throw .truncated(needed: layout.byteCount, available: available)
        }
        self.layout = layout
        self.storage = bytes
        self.offset = offset
    }

    /// The number of bytes of a table; 0 for a shape that cannot be.
    public static func byteCount(
        count: Int, dimension: Int, precision: VectorPrecision, hasBiases: Bool
    ) -> Int {
        TableLayout(
            count: count, dimension: dimension, precision: precision, hasBiases: hasBiases)?
            .byteCount ?? 0
    }

    /// The values of an item as they are stored, in full precision.
    ///
    /// - Precondition: `item` is below ``count``.
    public func row(_ item: Int) -> [Float] {
        precondition(item >= 0 && item < count)
        return [Float](unsafeUninitializedCapacity: dimension) { row, initialized in
            initialized = dimension
            withScan { covey_scan_row(&$0, item, row.baseAddress, dimension) }
        }
    }

    /// What is added to the score of an item; 0 in a table without biases.
    ///
    /// - Precondition: `item` is below ``count``.
    public func bias(_ item: Int) -> Float {
        precondition(item >= 0 && item < count)
        guard hasBiases else { return 0 }
        let place = layout.place(item, layout.biasOffset)
        return withBlocks { $0.load(fromByteOffset: place, as: Float.self) }
    }

    /// Reads what a scan of the whole table reads and does nothing with it: the limit of its speed.
    ///
    /// - Returns: A parity of the bytes, so that they have to be read.
    package func readBlocks() -> UInt64 {
        withBlocks { covey_scan_read($0.assumingMemoryBound(to: UInt8.self), scannedByteCount) }
    }

    /// The number of bytes that a scan reads; the residual plane is not among them.
    package var scannedByteCount: Int { layout.residualOffset }

    /// The address of the first block; it holds within `body`.
    private func withBlocks<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
        withExtendedLifetime(storage) { body(storage.address(of: offset)) }
    }

    /// The table as C knows it, without a query; addresses in it hold within `body`.
    func withScan<Result>(_ body: (inout covey_scan) -> Result) -> Result {
        withBlocks { base in
            var scan = covey_scan()
            scan.kind =
                switch precision {
                case .float32: COVEY_SCAN_FLOAT
                case .float16: COVEY_SCAN_HALF
                case .int8: COVEY_SCAN_INT8
                case .int4: COVEY_SCAN_INT4
                case .int12: COVEY_SCAN_INT12
                }
            scan.blocks = base.assumingMemoryBound(to: UInt8.self)
            scan.block_bytes = layout.blockBytes
            scan.groups = layout.groups
            scan.count = count
            scan.has_biases = hasBiases ? 1 : 0
            scan.residuals = scan.blocks + layout.residualOffset
            scan.residual_stride = layout.residualStride
            return body(&scan)
        }
    }
}
