import Foundation
import Learning
import OnDevice
import Recommender
import Sodium
import VectorKernels

/// The ranker as an app uses it, over a published model of a million items in eight bits and a history
/// of 200 events: everything from file to explanation, on one thread.
struct DeviceRankerMeasurement {
    private let publication: Publication
    private let key: SigningKey
    private let events: [BehaviourEvent]

    private static let listLength = 20

    init(_ embeddings: RankingEmbeddings) throws {
        let (count, dimension) = (RankingEmbeddings.itemCount, embeddings.dimension)
        let sample = Matrix(
            rows: 10_000, columns: dimension,
            values: Array(embeddings.rows[..<(10_000 * dimension)]))
        publication = Publication(
            name: "benchmark", release: 1,
            content: RankingContent(
                dimensions: dimension, rows: embeddings.rows,
                priors: (0..<count).map { 1 / Float(1 + $0) },
                rule: .recency(
                    RecencyRule(
                        weights: RecencyWeights(),
                        spectrum: [Float](repeating: 1, count: dimension),
                        itemScales: [Float](repeating: 1, count: count),
                        covariance: sample.covariance))),
            catalogue: Catalogue(
                items: (0..<count).map {
                    Catalogue.Item(
                        id: "item-\($0)", title: "Title of \($0)", categories: ["c\($0 % 18)"])
                }), source: "")
        key = try SigningKey(seed: SecretBytes([UInt8](repeating: 1, count: 32)))
        var random = SplitMix64(seed: 4)
        events = (0..<200).map {
            BehaviourEvent(
                item: "item-\(random.next(below: count))", kind: .play, time: Int64($0),
                context: EventContext(at: Int64($0) * 5000))
        }
    }

    func measurements() throws -> [RankingMeasurement] {
        let path = NSTemporaryDirectory() + "covey-model-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(publication.encoded(precision: .int8, key: key)).write(to: URL(filePath: path))
        func open() throws -> PublishedModel {
            try PublishedModel(path: path, trusting: key.publicKey, check: .header)
        }
        var options = RankingOptions()
        options.threads = 1
        func makeRanker(_ model: PublishedModel) -> DeviceRanker {
            DeviceRanker(
                model: model, history: PersonalHistory(events: events), options: options)
        }
        let context = EventContext(hour: 20, weekday: 6)
        let reading = try Stopwatch.best { _ = try open().items.readBlocks() }
        let first = try Stopwatch.best {
            _ = try makeRanker(open()).rank(limit: Self.listLength, context: context)
        }
        let ranker = makeRanker(try open())
        var list = try ranker.rank(limit: Self.listLength, context: context)
        let ranking = try Stopwatch.best(of: 25) {
            list = try ranker.rank(limit: Self.listLength, context: context)
        }
        var reasons = 0
        let explaining = Stopwatch.best(of: 25) {
            for position in list.items.indices {
                reasons += list.explanation(at: position)?.reasons.count ?? 0
            }
        }
        // With a list on the screen, which holds the embedding as it was.
        var lists = [list]
        var recording = Double.infinity
        for _ in 0..<25 {
            recording = min(recording, try Stopwatch.best(of: 1) { try ranker.record(events[199]) })
            lists.append(try ranker.rank(limit: Self.listLength, context: context))
        }
        func measurement(
            _ work: String, _ seconds: Double, _ limit: Double, _ target: String
        ) -> RankingMeasurement {
            RankingMeasurement(
                work, milliseconds: seconds * 1e3, limit: limit * 1e3, target: target)
        }
        return [
            measurement("model file to first list", first, reading, "50 ms"),
            measurement("list of 20, re-ranked", ranking, reading, ""),
            measurement("20 explanations, of a list's time", explaining, ranking, "0.05"),
            measurement("an event taken in", recording, ranking, "1 ms"),
        ]
    }
}
