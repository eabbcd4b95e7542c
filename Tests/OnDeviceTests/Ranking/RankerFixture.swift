import Foundation
import Learning
import Sodium
import VectorKernels

@testable import OnDevice
@testable import Recommender

/// Models for the tests of the ranker: random rows, or the clear taste of two groups.
enum RankerFixture {
    static let categories = ["Comedy", "Drama", "Thriller"]

    static func catalogue(_ count: Int) -> Catalogue {
        Catalogue(
            items: (0..<count).map {
                Catalogue.Item(
                    id: "item-\($0)", title: "Title \($0)", categories: [categories[$0 % 3]])
            })
    }

    static func publish(
        _ content: RankingContent, release: Int = 1, precision: VectorPrecision = .float32,
        key: SigningKey? = nil
    ) throws -> [UInt8] {
        try Publication(
            name: "movies", release: release, content: content,
            catalogue: catalogue(content.itemCount), source: ""
        ).encoded(precision: precision, key: key)
    }

    static func model(
        _ content: RankingContent, precision: VectorPrecision = .float32
    ) throws -> PublishedModel {
        try PublishedModel(
            MappedBytes(copying: publish(content, precision: precision)), trusting: nil)
    }

    /// Random rows; items of a category lean the same way.
    static func rows(_ count: Int, dimensions: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<count * dimensions).map {
            let leaning: Float = $0 / dimensions % 3 == $0 % dimensions ? 1.5 : 0
            return leaning + 0.6 * random.nextApproximateNormal()
        }
    }

    static func ridge(_ count: Int = 90, dimensions: Int = 8, seed: UInt64 = 1) -> RankingContent {
        let rows = rows(count, dimensions: dimensions, seed: seed)
        return RankingContent(
            dimensions: dimensions, rows: rows, priors: (0..<count).map { -0.01 * Float($0) },
            rule: .ridge(
                RidgeRule(
                    regularization: 0.5, unobservedWeight: 0.02, decay: 20, scale: 3,
                    gram: Matrix(rows: count, columns: dimensions, values: rows).gram.values)))
    }

    static func recency(_ count: Int = 90, dimensions: Int = 8, seed: UInt64 = 1) -> RankingContent
    {
        let rows = rows(count, dimensions: dimensions, seed: seed)
        return RankingContent(
            dimensions: dimensions, rows: rows, priors: (0..<count).map { -0.01 * Float($0) },
            rule: .recency(
                RecencyRule(
                    weights: RecencyWeights(),
                    spectrum: (0..<dimensions).map { 1 / Float($0 + 1) },
                    itemScales: (0..<count).map { 1 + Float($0 % 4) / 4 },
                    covariance: Matrix(rows: count, columns: dimensions, values: rows).covariance)))
    }

    static func event(
        _ item: Int, _ kind: BehaviourEvent.Kind = .play, time: Int64 = 1_700_000_000,
        value: Double? = nil, context: EventContext? = nil
    ) -> BehaviourEvent {
        BehaviourEvent(
            item: "item-\(item)", kind: kind, time: time, value: value, context: context)
    }

    /// Events of all kinds on random items.
    static func events(_ count: Int, items: Int, seed: UInt64) -> [BehaviourEvent] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { position in
            event(
                random.next(below: items),
                BehaviourEvent.Kind.allCases[random.next(below: 8)],
                time: 1_700_000_000 + Int64(position), value: Double(1 + random.next(below: 5)),
                context: EventContext(
                    hour: UInt8(random.next(below: 24)), weekday: UInt8(1 + random.next(below: 7)),
                    device: random.next(below: 2) == 0 ? "phone" : "television",
                    sessionPosition: random.next(below: 9)))
        }
    }
}
