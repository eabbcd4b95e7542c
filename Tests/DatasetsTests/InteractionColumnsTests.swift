import Datasets
import Foundation
import Recommender
import Sodium
import Testing

@Suite struct InteractionColumnsTests {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: UInt64(0)..<40)
    func `what was written is read again`(seed: UInt64) throws {
        let data = someData(seed: seed)
        let path = directory.path + "/some.columns"
        try write(data, to: path)
        let mapped = try InteractionColumns(mapping: path)
        for columns in [mapped, InteractionColumns(data)] {
            #expect(columns.name == data.name)
            #expect(columns.catalogue == data.catalogue)
            #expect(columns.count == data.users.count)
            #expect(columns.interactionCount == data.interactionCount)
            for (person, user) in data.users.enumerated() {
                #expect(columns.user(person) == user, "seed \(seed), person \(person)")
                #expect(columns.id(of: person) == user.id)
                #expect(columns.length(of: person) == user.history.count)
            }
        }
        #expect(try names() == ["some.columns"])
    }

    @Test func `numbered identifiers, half steps and times in order take little room`() throws {
        var users: [InteractionData.User] = []
        for person in 0..<1_000 {
            let history = (0..<100).map { place in
                Interaction(
                    item: place * 30, timestamp: 978_300_000 + Int64(place) * 60,
                    rating: Float(place % 10) / 2)
            }
            users.append(InteractionData.User(id: "person-\(person + 1)", history: history))
        }
        let catalogue = Catalogue(items: (0..<3_000).map { Catalogue.Item(id: "\($0)") })
        let path = directory.path + "/small.columns"
        try write(InteractionData(name: "small", catalogue: catalogue, users: users), to: path)
        let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
        #expect(size < 100_000 * 4 + 1_000 * 20 + 60_000)
    }

    @Test func `people encoded in parts give the same file`() throws {
        let data = someData(seed: 3, people: 50)
        try write(data, to: directory.path + "/whole.columns")
        var writer = try InteractionColumnsWriter(
            path: directory.path + "/parts.columns", name: data.name, catalogue: data.catalogue)
        for user in data.users[..<7] { try writer.append(user) }
        for first in [7, 20] {
            var part = EncodedHistories(first: first)
            for user in data.users[first..<(first == 7 ? 20 : 49)] { part.append(user) }
            try writer.append(part)
        }
        try writer.append(data.users[49])
        try writer.finish()
        #expect(try bytes("parts.columns") == bytes("whole.columns"))
    }

    @Test func `a file is recognised by how it begins`() throws {
        let data = someData(seed: 1)
        try write(data, to: directory.path + "/named.csv")
        #expect(InteractionColumns.isColumns(path: directory.path + "/named.csv"))
        let other = try directory.write("other.columns", "user,item\n1,1\n")
        #expect(!InteractionColumns.isColumns(path: other))
        #expect(!InteractionColumns.isColumns(path: directory.path + "/absent"))
        #expect(!InteractionColumns.isColumns(path: directory.path))
    }

    @Test func `a writer that is dropped leaves what was there`() throws {
        let data = someData(seed: 2)
        let path = try directory.write("kept.columns", "before")
        do {
            var writer = try InteractionColumnsWriter(
                path: path, name: data.name, catalogue: data.catalogue)
            for user in data.users { try writer.append(user) }
        }
        #expect(try names() == ["kept.columns"])
        #expect(try bytes("kept.columns") == Array("before".utf8))
        try write(data, to: path)
        #expect(try InteractionColumns(mapping: path).count == data.users.count)
    }

    @Test func `a place that cannot be written is named`() {
        let path = directory.path + "/no/such/folder.columns"
        let error = #expect(throws: DatasetError.self) {
            _ = try InteractionColumnsWriter(
                path: path, name: "", catalogue: Catalogue(items: [])
            ).finish()
        }
        guard case .unwritable(path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `absent, foreign, other and cut files are refused by name`() throws {
        let absent = directory.path + "/absent"
        #expect(throws: DatasetError.notFound(path: absent)) {
            try InteractionColumns(mapping: absent)
        }
        #expect(throws: DatasetError.self) { try InteractionColumns(mapping: directory.path) }
        let foreign = try directory.write("foreign", String(repeating: "user,item\n", count: 50))
        #expect(throws: DatasetError.damagedColumns(path: foreign, part: "beginning")) {
            try InteractionColumns(mapping: foreign)
        }
        try write(someData(seed: 4), to: directory.path + "/whole")
        let whole = try bytes("whole")
        var later = whole
        later[8] = 9
        let other = try directory.write("other", later)
        #expect(throws: DatasetError.otherColumns(path: other, version: 9)) {
            try InteractionColumns(mapping: other)
        }
        for length in stride(from: 0, to: whole.count, by: 7) {
            let cut = try directory.write("cut", whole.prefix(length))
            let error = #expect(throws: DatasetError.self) { try InteractionColumns(mapping: cut) }
            #expect(error?.description.hasPrefix("\(cut): a damaged file of columns") == true)
        }
    }

    @Test func `whatever is in a file, histories stay within the catalogue`() throws {
        let data = someData(seed: 5, people: 30)
        try write(data, to: directory.path + "/whole")
        let whole = try bytes("whole")
        var outcomes = (opened: 0, refused: 0)
        for seed in UInt64(0)..<2_000 {
            var randomness = SeededRandomness(seed: seed, label: "damage")
            var damaged = whole
            for _ in 0..<Int.random(in: 1...6, using: &randomness) {
                let place = Int.random(in: 0..<damaged.count, using: &randomness)
                let bytes = [0, 1, 0x7F, 0x80, 0xFF, damaged[place] ^ 1]
                damaged[place] = bytes.randomElement(using: &randomness) ?? 0
            }
            if seed % 10 == 0 { damaged.removeLast(Int.random(in: 1..<99, using: &randomness)) }
            let path = try directory.write("damaged", damaged)
            guard let columns = try? InteractionColumns(mapping: path) else {
                outcomes.refused += 1
                continue
            }
            outcomes.opened += 1
            for person in 0..<columns.count {
                let user = columns.user(person)
                #expect(user.id == columns.id(of: person))
                #expect(user.history.count == columns.length(of: person))
                let isWithin = user.history.allSatisfy {
                    data.catalogue.items.indices.contains(Int($0.item))
                }
                #expect(isWithin, "seed \(seed)")
            }
        }
        // Some are opened, some are not; otherwise the damage tests nothing.
        #expect(outcomes.opened > 50 && outcomes.refused > 50)
    }

    private func write(_ data: InteractionData, to path: String) throws {
        var writer = try InteractionColumnsWriter(
            path: path, name: data.name, catalogue: data.catalogue)
        for user in data.users { try writer.append(user) }
        try writer.finish()
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path)
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory.path + "/" + name)))
    }

    /// Data of every kind: identifiers, ratings, contexts and times of several forms.
    private func someData(seed: UInt64, people: Int? = nil) -> InteractionData {
        var randomness = SeededRandomness(seed: seed, label: "columns")
        let itemCount = seed == 39 ? 70_000 : seed % 3 == 0 ? 1 : 30
        let items = (0..<itemCount).map { number in
            Catalogue.Item(
                id: "item \(number)", title: number % 2 == 0 ? "Título \"\(number)\"" : "",
                categories: number % 3 == 0 ? ["a/b", "c"] : [],
                year: number % 5 == 0 ? 1_990 : nil,
                content: number == 0 ? [0.1, -3e-20, 16_777_214] : [], isNew: number % 7 == 1)
        }
        let users = (0..<(people ?? Int.random(in: 0...20, using: &randomness))).map { person in
            let (ratings, contexts) = (
                Int.random(in: 0..<4, using: &randomness), Int.random(in: 0..<3, using: &randomness)
            )
            let ranges: [ClosedRange<Int64>] = [0...9, 978_300_000...1_000_000_000, .min ... .max]
            let times = ranges.randomElement(using: &randomness) ?? 0...9
            let id = ["person-\(person + 1)", "\(person + 1)", "", "Zoë \(seed)", "person-7"]
            let history = (0..<Int.random(in: 0...40, using: &randomness)).map { _ in
                let rating: Float? =
                    ratings == 0 || ratings == 3 && Bool.random(using: &randomness)
                    ? nil
                    : ratings == 1
                        ? Float(Int.random(in: 0...254, using: &randomness)) / 2
                        : Float.random(in: -1e6...1e6, using: &randomness)
                let context: UInt8? =
                    contexts == 0 || contexts == 1 && Bool.random(using: &randomness)
                    ? nil : UInt8.random(in: 0...255, using: &randomness)
                return Interaction(
                    item: Int.random(in: 0..<itemCount, using: &randomness),
                    timestamp: Int64.random(in: times, using: &randomness), rating: rating,
                    context: context)
            }
            return InteractionData.User(
                id: id.randomElement(using: &randomness) ?? "", history: history)
        }
        return InteractionData(
            name: "some \(seed)", catalogue: Catalogue(items: items), users: users)
    }
}
