import Foundation
import Sodium
import Testing

@testable import OnDevice
@testable import Recommender

/// The tutorial "Rank on a device in ten lines", as it stands there.
struct TenLinesTests {
    @Test func `ten lines rank on a device`() throws {
        let key = try SigningKey(seed: SecretBytes([UInt8](repeating: 7, count: 32)))
        let publisher = key.publicKey
        let download = try RankerFixture.publish(RankerFixture.recency(), key: key)
        let fixture = try StoreFixture()
        let folder = fixture.folder
        let now: Int64 = 1_800_000_000

        let library = try ModelLibrary(folder: folder + "/models", trusting: publisher)
        let model = try library.install(download)
        let keys = MasterKeyFile(path: folder + "/behaviour.key")
        let store = try BehaviourStore(path: folder + "/behaviour.db", keys: keys)
        let ranker = try DeviceRanker(model: model, store: store)
        try ranker.pick(categories: ["Comedy"])
        try ranker.record(BehaviourEvent(item: "item-4", kind: .play, time: now, context: .now))
        let list = try ranker.rank(limit: 20, context: .now)
        let words = list.items.indices.compactMap(list.explanation).map { ExplanationWords()($0) }
        try ranker.recordShown(list, at: now)

        #expect(list.items.count == 20)
        #expect(words.contains { $0.contains("Title 4") })
        #expect(words.contains { $0.contains("Comedy") })
        try store.delete(item: "item-4")
        try ranker.reload()
        #expect(ranker.history.events.isEmpty)
    }

    @Test func `the tutorial has these lines`() throws {
        let here = URL(filePath: #filePath)
        let article = here.deletingLastPathComponent().appending(
            path: "../../../Sources/OnDevice/OnDevice.docc/RankOnADevice.md")
        let code = try String(contentsOf: article, encoding: .utf8).split(separator: "```")[1]
        let lines = code.split(separator: "\n").dropFirst()
        #expect(lines.count == 10)
        let test = try String(contentsOf: here, encoding: .utf8)
        for line in lines { #expect(test.contains("        \(line)\n"), "\(line)") }
    }
}
