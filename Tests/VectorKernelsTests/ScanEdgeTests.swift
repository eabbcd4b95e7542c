import Testing
import VectorKernels

/// Scans at the edges: ties, extremes, odd inputs and bytes that nobody wrote.
@Suite struct ScanEdgeTests {
    @Test(arguments: VectorPrecision.allCases)
    func `equal scores come by item number`(precision: VectorPrecision) throws {
        // More equal items than a buffer of candidates holds at first.
        let count = 3000
        let rows = (0..<count).flatMap { $0 % 1000 == 999 ? [2, 2, 2] : [1, 1, 1] as [Float] }
        let table = try table(rows, dimension: 3, precision: precision)
        var scan = TopKScan()
        for query in [[1, 1, 1], [0, 0, 0]] as [[Float]] {
            scan.top(50, of: table, query: query)
            let first = query[0] == 0 ? [] : [999, 1999, 2999] as [Int32]
            let rest = (0..<Int32(50 - first.count))
            #expect(scan.items == first + rest)
        }
        // Larger numbers have lower scores.
        scan.top(2998, of: table, query: [-1, -1, -1])
        #expect(scan.items == (0..<3000).filter { $0 % 1000 != 999 } + [999])
    }

    /// Bytes of 255 times a query whose values all have one sign are the largest products there are.
    @Test(arguments: VectorPrecision.allCases, ScanTests.targets)
    func `extreme values do not overflow`(precision: VectorPrecision, target: ScanTarget) throws {
        for dimension in [1, 8, 16, 64, 129, 1024] {
            for pattern in 0..<4 {
                let signs = (0..<dimension).map { d -> Float in
                    pattern == 0 ? 1 : pattern == 1 ? -1 : (d >> (pattern - 2)) % 2 == 0 ? 1 : -1
                }
                var rows: [Float] = []
                for item in 0..<40 {
                    let size = Float(item % 2 == 0 ? item + 1 : -item - 1)
                    rows += signs.map { $0 * size }
                }
                let table = try table(rows, dimension: dimension, precision: precision)
                var scan = TopKScan(target: target)
                scan.top(5, of: table, query: signs)
                #expect(scan.items == [38, 36, 34, 32, 30])
                let expected = 39 * Float(dimension)
                #expect(abs(scan.scores[0] - expected) < 1e-3 * expected)
            }
        }
    }

    @Test(arguments: VectorPrecision.allCases)
    func `all targets and numbers of threads find the same`(precision: VectorPrecision) throws {
        let (count, dimension) = (20_000, 24)
        var numbers = SeededNumbers(seed: 5)
        let rows = (0..<count * dimension).map { _ in numbers.normal() }
        let table = try table(rows, dimension: dimension, precision: precision)
        for _ in 0..<5 {
            let query = (0..<dimension).map { _ in numbers.normal() }
            var scan = TopKScan(target: .portable)
            scan.top(77, of: table, query: query)
            let (items, scores) = (scan.items, scan.scores)
            for target in ScanTests.targets {
                for threads in [1, 2, 3] {
                    var scan = TopKScan(target: target)
                    scan.top(77, of: table, query: query, threads: threads)
                    #expect(scan.items == items && scan.scores == scores)
                }
            }
        }
    }

    @Test(arguments: [false, true])
    func `twelve bits find nearly all of the exact best`(clustered: Bool) throws {
        let (count, dimension, limit) = (30_000, 48, 100)
        var numbers = SeededNumbers(seed: 9)
        let centres = (0..<50 * dimension).map { _ in numbers.normal() }
        var rows: [Float] = []
        for _ in 0..<count {
            let norm = 0.2 + abs(numbers.normal())
            let cluster = numbers.below(50)
            for d in 0..<dimension {
                let centre = clustered ? 2 * centres[cluster * dimension + d] : 0
                rows.append(norm * (centre + numbers.normal()))
            }
        }
        let twelve = try table(rows, dimension: dimension, precision: .int12)
        let full = try table(rows, dimension: dimension, precision: .float32)
        var (scan, exact, found) = (TopKScan(), TopKScan(), 0)
        for _ in 0..<20 {
            let query = (0..<dimension).map { _ in numbers.normal() }
            scan.top(limit, of: twelve, query: query)
            exact.top(limit, of: full, query: query)
            found += Set(scan.items).intersection(exact.items).count
        }
        #expect(Double(found) >= 0.995 * Double(20 * limit))
    }

    @Test(arguments: VectorPrecision.allCases)
    func `nothing is found where there is nothing to find`(precision: VectorPrecision) throws {
        let empty = try table([], dimension: 4, precision: precision)
        let table = try table([1, 2, 3, 4], dimension: 4, precision: precision)
        var scan = TopKScan()
        for (limit, table, query) in [
            (3, empty, [1, 1, 1, 1]), (0, table, [1, 1, 1, 1]), (-1, table, [1, 1, 1, 1]),
            (3, table, [1, .nan, 1, 1]), (3, table, [1, 1, .infinity, 1]),
        ] as [(Int, ItemTable, [Float])] {
            scan.top(1, of: table.count > 0 ? table : empty, query: [1, 0, 0, 0])
            scan.top(limit, of: table, query: query)
            #expect(scan.items.isEmpty && scan.scores.isEmpty)
        }
        scan.top(3, of: table, query: [1, 1, 1, 1], filters: [.only(ItemBitmap(count: 0))])
        #expect(scan.items.isEmpty)
        scan.top(3, of: table, query: [1, 1, 1, 1])
        #expect(scan.items == [0])
    }

    @Test(arguments: VectorPrecision.allCases, ScanTests.targets)
    func `bytes that nobody wrote give no crash`(precision: VectorPrecision, target: ScanTarget)
        throws
    {
        var numbers = SeededNumbers(seed: 3)
        for hasBiases in [false, true] {
            for dimension in [1, 7, 33] {
                let count = 700
                let size = ItemTable.byteCount(
                    count: count, dimension: dimension, precision: precision, hasBiases: hasBiases)
                let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
                let table = try ItemTable(
                    MappedBytes(copying: bytes), offset: 0, count: count, dimension: dimension,
                    precision: precision, hasBiases: hasBiases)
                let query = (0..<dimension).map { _ in numbers.normal() }
                var scan = TopKScan(target: target)
                scan.top(60, of: table, query: query, threads: 2)
                #expect(scan.items.count <= 60 && Set(scan.items).count == scan.items.count)
                #expect(scan.items.allSatisfy { $0 >= 0 && $0 < count })
                #expect(table.row(699).count == dimension)
            }
        }
    }

    @Test func `a query near the limits of floats finds the largest all the same`() throws {
        let rows = (0..<64).map { Float($0) }
        let table = try table(rows, dimension: 1, precision: .int8)
        var scan = TopKScan()
        for query in [7 * .leastNonzeroMagnitude, 1e-30, 1e30] as [Float] {
            scan.top(1, of: table, query: [query])
            #expect(scan.items == [63])
        }
    }

    private func table(_ rows: [Float], dimension: Int, precision: VectorPrecision) throws
        -> ItemTable
    {
        let bytes = ItemTable.encode(
            rows: rows, dimension: dimension, biases: nil, precision: precision)
        return try ItemTable(
            MappedBytes(copying: bytes), offset: 0, count: rows.count / dimension,
            dimension: dimension, precision: precision, hasBiases: false)
    }
}
