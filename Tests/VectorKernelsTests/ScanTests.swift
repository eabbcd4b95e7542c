import Testing
import VectorKernels

/// What a scan finds, beside what looking at every item in double precision finds.
@Suite struct ScanTests {
    static let targets = ScanTarget.allCases.filter(\.isAvailable)

    @Test(arguments: VectorPrecision.allCases, targets)
    func `finds the best items of random tables`(precision: VectorPrecision, target: ScanTarget)
        throws
    {
        var scan = TopKScan(target: target)
        for seed in 1...150 as ClosedRange<UInt64> {
            var numbers = SeededNumbers(seed: seed)
            let example = try ScanExample(precision: precision, using: &numbers)
            let limit = numbers.below(example.table.count + 20)
            scan.top(
                limit, of: example.table, query: example.query, filters: example.filters,
                threads: 1 + numbers.below(2))
            example.check(scan, limit: limit, "seed \(seed)")
        }
    }
}
