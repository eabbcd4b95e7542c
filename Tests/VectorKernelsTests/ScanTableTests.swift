import Foundation
import Testing
import VectorKernels

/// Tables and sets of items.
@Suite struct ScanTableTests {
    @Test(arguments: VectorPrecision.allCases)
    func `rows and biases come back within the precision`(precision: VectorPrecision) throws {
        var numbers = SeededNumbers(seed: 1)
        for dimension in [1, 3, 8, 16, 50] {
            let count = 37
            let rows = (0..<count * dimension).map { _ in numbers.normal() }
            let biases = (0..<count).map { _ in numbers.normal() }
            let bytes = ItemTable.encode(
                rows: rows, dimension: dimension, biases: biases, precision: precision)
            let table = try ItemTable(
                MappedBytes(copying: bytes), offset: 0, count: count, dimension: dimension,
                precision: precision, hasBiases: true)
            for item in 0..<count {
                let row = rows[item * dimension..<(item + 1) * dimension]
                let largest = row.reduce(0) { max($0, abs($1)) }
                // Half a step, and a little for rounding.
                let tolerance: Float =
                    switch precision {
                    case .float32: 0
                    case .float16: largest * 0x1p-11
                    case .int8: largest / 127 * 0.501
                    case .int4: largest / 7.5 * 0.501
                    case .int12: largest / 2047.5 * 0.501
                    }
                for (stored, value) in zip(table.row(item), row) {
                    #expect(abs(stored - value) <= tolerance)
                }
                #expect(table.bias(item) == biases[item])
            }
        }
    }

    @Test func `halves round to the nearest even`() throws {
        let cases: [(Float, Float)] = [
            (1 + 0x1p-11, 1), (1 + 0x1p-11 + 0x1p-20, 1 + 0x1p-10),
            (1 + 0x3p-11, 1 + 0x1p-9), (0x1p-24, 0x1p-24), (0x1p-25, 0), (0x3p-25, 0x1p-23),
            (0x1p-14 - 0x1p-26, 0x1p-14), (-0x1p-15, -0x1p-15), (65504, 65504), (1e9, 65504),
            (-1e9, -65504), (.infinity, 0), (.nan, 0), (0, 0),
        ]
        let bytes = ItemTable.encode(
            rows: cases.map(\.0), dimension: cases.count, biases: nil, precision: .float16)
        let table = try ItemTable(
            MappedBytes(copying: bytes), offset: 0, count: 1, dimension: cases.count,
            precision: .float16, hasBiases: false)
        #expect(table.row(0) == cases.map(\.1))
    }

    @Test func `a table that does not fit its bytes is refused`() {
        let bytes = MappedBytes(copying: [UInt8](repeating: 0, count: 1024))
        func make(_ offset: Int, _ count: Int, _ dimension: Int) throws -> ItemTable {
            try ItemTable(
                bytes, offset: offset, count: count, dimension: dimension, precision: .float32,
                hasBiases: false)
        }
        #expect(throws: Never.self) { _ = try make(0, 16, 16) }
        #expect(throws: ItemTableError.truncated(needed: 2048, available: 1024)) {
            _ = try make(0, 17, 16)
        }
        #expect(throws: ItemTableError.truncated(needed: 64, available: 0)) {
            _ = try make(64 << 40, 1, 1)
        }
        #expect(throws: ItemTableError.misaligned(offset: 32)) { _ = try make(32, 1, 1) }
        #expect(throws: ItemTableError.misaligned(offset: -64)) { _ = try make(-64, 1, 1) }
        for (count, dimension) in [(1, 0), (-1, 4), (.max, 4), (4, .max), (1, -3)] {
            #expect(
                throws: ItemTableError.impossibleShape(count: count, dimension: dimension)
            ) { _ = try make(0, count, dimension) }
        }
    }

    @Test func `a mapped file is ranked as its copy is`() throws {
        var numbers = SeededNumbers(seed: 4)
        let rows = (0..<500 * 20).map { _ in numbers.normal() }
        let bytes = ItemTable.encode(rows: rows, dimension: 20, biases: nil, precision: .int8)
        let path = NSTemporaryDirectory() + "covey-scan-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(filePath: path))
        let mapped = try MappedBytes(path: path)
        #expect(mapped.count == bytes.count)
        #expect(mapped.bytes(in: 64..<200) == [UInt8](bytes[64..<200]))
        var found: [[Int32]] = []
        for bytes in [mapped, MappedBytes(copying: bytes)] {
            let table = try ItemTable(
                bytes, offset: 0, count: 500, dimension: 20, precision: .int8, hasBiases: false)
            var scan = TopKScan()
            scan.top(30, of: table, query: [Float](rows[..<20]))
            found.append(scan.items)
        }
        #expect(found[0] == found[1] && found[0].count == 30)
        for path in [path + "-none", NSTemporaryDirectory()] {
            #expect(throws: ItemTableError.self) { _ = try MappedBytes(path: path) }
        }
    }

    @Test func `sets of items follow set algebra`() {
        var numbers = SeededNumbers(seed: 8)
        for count in [0, 1, 63, 64, 65, 200] {
            var (first, second) = (ItemBitmap(count: count), ItemBitmap(count: count))
            var (one, two) = (Set<Int>(), Set<Int>())
            for item in 0..<count {
                first[item] = numbers.below(2) == 0
                second[item] = numbers.below(3) == 0
                if first[item] { one.insert(item) }
                if second[item] { two.insert(item) }
            }
            func items(_ set: ItemBitmap) -> Set<Int> { Set((0..<count).filter { set[$0] }) }
            var (union, both, rest) = (first, first, first)
            union.formUnion(second)
            both.formIntersection(second)
            rest.subtract(second)
            #expect(items(union) == one.union(two) && items(both) == one.intersection(two))
            #expect(items(rest) == one.subtracting(two) && first.population == one.count)
            #expect(ItemBitmap(count: count, filled: true).population == count)
        }
    }

    @Test(arguments: VectorPrecision.allCases)
    func `a precision has a name that reads back`(precision: VectorPrecision) {
        #expect(VectorPrecision(name: "\(precision)") == precision)
        #expect(VectorPrecision(name: "int16") == nil)
    }
}
