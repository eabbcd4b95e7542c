import ArgumentParser
import Foundation
import Learning
import Recommender
import VectorKernels

/// The best hundred of many items.
struct RankingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ranking",
        abstract: "Exact top 100 by inner product, beside a streaming read of the same bytes.",
        discussion: """
            One query at a time; processor time of one thread, or the time that passes with two. Each \
            figure is the best of nine runs, on the average over twelve queries. Recall is against \
            the exact best hundred of the embeddings in single precision.

            Examples:
              Benchmarks ranking
              Benchmarks ranking --model run/model.covey --json
            """)

    @Option(help: "A published model, whose embeddings are ranked; synthetic without.")
    var model: String?

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    func run() throws {
        let embeddings: RankingEmbeddings
        if let model {
            embeddings = try RankingEmbeddings(model: PublishedModel(path: model, trusting: nil))
        } else {
            embeddings = RankingEmbeddings(syntheticOf: 64)
        }
        if !json {
            print("\(embeddings.dimension) dimensions, \(embeddings.description)")
            print(RankingMeasurement.header)
        }
        try rankMillion(embeddings)
        try rankFewer(embeddings, count: 100_000, target: "0.15 ms at recall 0.99")
        try rankFewer(embeddings, count: 10_000, target: "0.020 ms")
        for measurement in try DeviceRankerMeasurement(embeddings).measurements() {
            emit(measurement)
        }
    }

    private func rankMillion(_ embeddings: RankingEmbeddings) throws {
        let million = RankingEmbeddings.itemCount
        let full = try table(embeddings, count: million, .float32)
        let exact = best(of: full, embeddings.queries)
        emit(
            RankingMeasurement(
                "1M float32", full, queries: embeddings.queries, exact: exact,
                target: "1.05 x"))
        emit(
            RankingMeasurement(
                "1M float16", try table(embeddings, count: million, .float16),
                queries: embeddings.queries, exact: exact, target: ""))
        emit(
            RankingMeasurement(
                "1M int12", try table(embeddings, count: million, .int12),
                queries: embeddings.queries, exact: exact,
                target: "2.0 ms at recall 0.995, 100 MB"))
        emit(
            RankingMeasurement(
                "1M int4", try table(embeddings, count: million, .int4),
                queries: embeddings.queries, exact: exact, target: ""))
        let bytes = try table(embeddings, count: million, .int8)
        let filters = filters(count: million)
        let one = RankingMeasurement(
            "1M int8", bytes, queries: embeddings.queries, exact: exact,
            target: "1.15 x (AVX2 1.4 x), recall 0.98")
        emit(one)
        var two = RankingMeasurement(
            "1M int8, two threads", bytes, queries: embeddings.queries, exact: exact, threads: 2,
            target: "0.56 of one thread")
        two.limit = one.milliseconds
        emit(two)
        emit(
            RankingMeasurement(
                "1M int8, three filters", bytes, queries: embeddings.queries,
                exact: best(of: full, embeddings.queries, filters: filters),
                filters: filters, target: ""))
        emit(try coldOpen(embeddings))
    }

    private func rankFewer(_ embeddings: RankingEmbeddings, count: Int, target: String) throws {
        let exact = best(
            of: try table(embeddings, count: count, .float32), embeddings.queries)
        for precision in VectorPrecision.allCases {
            emit(
                RankingMeasurement(
                    "\(count / 1000)k \(precision)", try table(embeddings, count: count, precision),
                    queries: embeddings.queries, exact: exact,
                    target: precision == .int8 ? target : ""))
        }
    }

    /// From a file that the system has in memory to the first ranking, over and over.
    private func coldOpen(_ embeddings: RankingEmbeddings) throws -> RankingMeasurement {
        let (count, dimension) = (RankingEmbeddings.itemCount, embeddings.dimension)
        let path = NSTemporaryDirectory() + "covey-ranking-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bytes = ItemTable.encode(
            rows: embeddings.rows, dimension: dimension, biases: nil, precision: .int8)
        try Data(bytes).write(to: URL(filePath: path))
        var (ranking, reading) = (Double.infinity, Double.infinity)
        for query in embeddings.queries {
            func open() throws -> ItemTable {
                try ItemTable(
                    MappedBytes(path: path), offset: 0, count: count, dimension: dimension,
                    precision: .int8, hasBiases: false)
            }
            let seconds = try Stopwatch.best(of: 1) {
                var scan = TopKScan()
                scan.top(RankingMeasurement.limit, of: try open(), query: query)
            }
            ranking = min(ranking, seconds)
            reading = min(reading, try Stopwatch.best(of: 1) { _ = try open().readBlocks() })
        }
        return RankingMeasurement(
            "1M int8, file to first ranking", milliseconds: ranking * 1e3, limit: reading * 1e3,
            target: "50 ms")
    }

    private func table(
        _ embeddings: RankingEmbeddings, count: Int, _ precision: VectorPrecision
    ) throws -> ItemTable {
        let dimension = embeddings.dimension
        let isWhole = count == RankingEmbeddings.itemCount
        let rows = isWhole ? embeddings.rows : Array(embeddings.rows[..<(count * dimension)])
        let bytes = ItemTable.encode(
            rows: rows, dimension: dimension, biases: nil, precision: precision)
        return try ItemTable(
            MappedBytes(copying: bytes), offset: 0, count: count, dimension: dimension,
            precision: precision, hasBiases: false)
    }

    private func best(
        of table: ItemTable, _ queries: [[Float]], filters: [ItemFilter] = []
    ) -> [Set<Int32>] {
        var scan = TopKScan()
        return queries.map {
            scan.top(RankingMeasurement.limit, of: table, query: $0, filters: filters)
            return Set(scan.items)
        }
    }

    /// Two hundred items seen, a few hidden, and half of all available.
    private func filters(count: Int) -> [ItemFilter] {
        var random = SplitMix64(seed: 3)
        var (seen, hidden) = (ItemBitmap(count: count), ItemBitmap(count: count))
        var available = ItemBitmap(count: count)
        for _ in 0..<200 { seen[random.next(below: count)] = true }
        for _ in 0..<5 { hidden[random.next(below: count)] = true }
        for item in 0..<count { available[item] = random.next() & 1 == 1 }
        return [.except(seen), .except(hidden), .only(available)]
    }

    private func emit(_ measurement: RankingMeasurement) {
        guard json else { return print(measurement.line) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(measurement) else { return }
        print(String(decoding: data, as: UTF8.self))
    }
}
