import Foundation
import Learning
import Sodium
import Testing
import VectorKernels

@testable import Recommender

struct PublishedModelTests {
    private let key: SigningKey
    private let folder: URL

    init() throws {
        key = try SigningKey(seed: SecretBytes([UInt8](repeating: 7, count: 32)))
        folder = FileManager.default.temporaryDirectory.appending(
            path: "covey-model-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func publication(
        items: Int = 50, dimensions: Int = 12, release: Int = 3, seed: UInt64 = 1
    ) -> Publication {
        var random = SplitMix64(seed: seed)
        let rows = (0..<items * dimensions).map { _ in random.nextApproximateNormal() }
        return Publication(
            name: "test", release: release,
            content: RankingContent(
                dimensions: dimensions, rows: rows,
                priors: (0..<items).map { Float($0) / 10 },
                rule: .ridge(
                    RidgeRule(
                        regularization: 0.5, unobservedWeight: 0.1, decay: 20, scale: 2,
                        gram: Matrix(rows: items, columns: dimensions, values: rows).gram.values))),
            catalogue: Catalogue(
                items: (0..<items).map {
                    Catalogue.Item(
                        id: "id\($0)", title: $0 % 3 == 0 ? "" : "The \($0)",
                        categories: $0 % 2 == 0 ? ["even"] : ["odd", "strange"])
                }), source: "abc")
    }

    private func model(_ bytes: [UInt8], trusting key: [UInt8]? = nil) throws -> PublishedModel {
        try PublishedModel(MappedBytes(copying: bytes), trusting: key)
    }

    @Test(arguments: VectorPrecision.allCases)
    func `what is published is read back`(_ precision: VectorPrecision) throws {
        let publication = publication()
        let path = folder.appending(path: "model.covey").path
        let bytes = try publication.encoded(precision: precision, key: key)
        try Data(bytes).write(to: URL(filePath: path))
        let model = try PublishedModel(path: path, trusting: key.publicKey)
        #expect(model.header.release == 3)
        #expect(model.header.precision == precision)
        #expect(model.rule == publication.content.rule)
        #expect(model.encoded == bytes)
        let step =
            switch precision {
            case .float32: 0.0
            case .float16: 0.001
            case .int12: 0.001
            case .int8: 0.01
            case .int4: 0.15
            }
        #expect(model.header.quantization.relative <= step)
        #expect(model.header.quantization.worst >= model.header.quantization.relative)
        #expect(precision == .float32 || model.header.quantization.relative > 0)
        for item in 0..<50 {
            #expect(model.catalogue.item("id\(item)") == item)
            #expect(model.catalogue.identifier(of: item) == "id\(item)")
            #expect(
                model.catalogue.title(of: item) == (item % 3 == 0 ? "id\(item)" : "The \(item)"))
            #expect(model.catalogue.categories(of: item) == (item % 2 == 0 ? [0] : [1, 2]))
            #expect(model.items.bias(item) == Float(item) / 10)
        }
        #expect(model.catalogue.item("id50") == nil)
        #expect(model.catalogue.search("the 4", limit: 3) == [4, 40, 41])
    }

    @Test func `a category's centroid is the mean of its items, the popular ones weighing more`()
        throws
    {
        let publication = publication()
        let model = try model(publication.encoded(precision: .float32, key: nil))
        var (sum, weight) = ([Double](repeating: 0, count: 12), 0.0)
        for item in stride(from: 0, to: 50, by: 2) {
            let share = exp(Double(item) / 10)
            weight += share
            for column in 0..<12 {
                sum[column] += share * Double(publication.content.rows[item * 12 + column])
            }
        }
        for (found, expected) in zip(model.centroid(ofCategory: 0), sum) {
            #expect(abs(Double(found) - expected / weight) < 1e-5)
        }
        #expect(model.centroid(ofCategory: 99) == [Float](repeating: 0, count: 12))
    }

    @Test func `no altered byte is taken`() throws {
        let bytes = try publication(items: 20, dimensions: 4).encoded(precision: .int8, key: key)
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1 << UInt8(index % 8)
            #expect(throws: PublishedModelError.self) {
                try model(altered, trusting: key.publicKey)
            }
        }
        #expect(throws: PublishedModelError.damaged(path: "the model", part: "length")) {
            try model(bytes + [0], trusting: key.publicKey)
        }
        for count in stride(from: 0, to: bytes.count, by: 37) {
            #expect(throws: PublishedModelError.self) {
                try model(Array(bytes.prefix(count)), trusting: key.publicKey)
            }
        }
    }

    @Test func `opening without reading everything still finds what small parts hold`() throws {
        let bytes = try publication().encoded(precision: .int8, key: key)
        let model = try model(bytes)
        for section in model.header.sections {
            var altered = bytes
            altered[model.file.range(of: section).lowerBound] ^= 1
            let isSmall = ["gram", "centroids"].contains(section.name)
            let opened = try? PublishedModel(
                MappedBytes(copying: altered), trusting: key.publicKey, check: .header)
            #expect((opened == nil) == isSmall, "\(section.name)")
        }
    }

    @Test func `sections that are too short for what they should hold are refused`() throws {
        let model = try model(publication().encoded(precision: .int8, key: nil))
        for part in PublishedModel.Part.allCases {
            var sections: [(part: PublishedModel.Part, bytes: [UInt8])] = []
            for section in model.header.sections {
                let other = try #require(PublishedModel.Part(rawValue: section.name))
                let bytes = model.file.bytes.bytes(in: model.file.range(of: section))
                sections.append((other, other == part ? [] : bytes))
            }
            guard sections.contains(where: { $0.part == part }) else { continue }
            let bytes = try ModelFile.encode(model.header, sections: sections, key: nil)
            #expect(throws: PublishedModelError.self, "\(part)") { try self.model(bytes) }
        }
    }

    @Test func `rules that cannot be reckoned with are neither published nor read`() throws {
        var broken = publication()
        guard case .ridge(var rule) = broken.content.rule else { return }
        rule.gram[5] = .nan
        broken.content.rule = .ridge(rule)
        #expect(throws: PublicationError.notFinite) {
            try broken.encoded(precision: .int8, key: nil)
        }
        rule.gram[5] = 0
        rule.decay = 0
        broken.content.rule = .ridge(rule)
        #expect(throws: PublicationError.notFinite) {
            try broken.encoded(precision: .int8, key: nil)
        }
        let sound = try model(publication().encoded(precision: .int8, key: nil))
        var header = sound.header
        header.settings["decay"] = 0
        let sections = try sound.header.sections.map { section in
            let part = try #require(PublishedModel.Part(rawValue: section.name))
            return (part: part, bytes: sound.file.bytes.bytes(in: sound.file.range(of: section)))
        }
        let bytes = try ModelFile.encode(header, sections: sections, key: nil)
        #expect(
            throws: PublishedModelError.damaged(path: "the model", part: "setting 'decay'")
        ) {
            try model(bytes)
        }
    }

    @Test func `a model of another publisher, or of none, is refused where a key is trusted`()
        throws
    {
        let other = try SigningKey(seed: SecretBytes([UInt8](repeating: 8, count: 32)))
        for signer in [other, nil] {
            let bytes = try publication().encoded(precision: .float32, key: signer)
            #expect(throws: PublishedModelError.notSigned(path: "the model")) {
                try model(bytes, trusting: key.publicKey)
            }
            #expect(try model(bytes).header.publicKey == signer.map { hexadecimal($0.publicKey) })
        }
    }

    @Test func `a newer version and another kind of file are told apart`() throws {
        var bytes = try publication().encoded(precision: .float32, key: nil)
        bytes[8] = 2
        #expect(throws: PublishedModelError.unknownVersion(path: "the model", 2)) {
            try model(bytes)
        }
        #expect(throws: PublishedModelError.notAModel(path: "the model")) {
            try model([UInt8]("something else entirely".utf8))
        }
        #expect(throws: PublishedModelError.unreadable(path: "/nowhere/model")) {
            try PublishedModel(path: "/nowhere/model", trusting: nil)
        }
    }

    /// Unsigned, so that nothing but the checks of the reader stands between it and the bytes.
    @Test func `headers that lie never end the process`() throws {
        var random = SplitMix64(seed: 5)
        let bytes = try publication(items: 20, dimensions: 4).encoded(precision: .int8, key: nil)
        let length = Int(MappedBytes(copying: bytes).word(at: 12))
        let digits = (16..<16 + length).filter { (48...57).contains(bytes[$0]) }
        var opened = 0
        for _ in 0..<2000 {
            var altered = bytes
            for _ in 0..<1 + random.next(below: 3) {
                altered[digits[random.next(below: digits.count)]] = UInt8(
                    48 + random.next(below: 10))
            }
            guard
                let model = try? PublishedModel(
                    MappedBytes(copying: altered), trusting: nil, check: .header)
            else { continue }
            opened += 1
            for item in 0..<min(30, model.catalogue.count) {
                _ = model.items.row(item)
                _ = model.catalogue.title(of: item)
                _ = model.catalogue.categories(of: item)
            }
            _ = model.catalogue.item("id3")
            _ = model.centroid(ofCategory: 1)
        }
        #expect(opened > 100)
    }

    @Test func `a delta leads from one release to the next, and is small where little changed`()
        throws
    {
        let first = publication()
        var second = publication(release: 4)
        for column in 0..<12 { second.content.rows[17 * 12 + column] += 1 }
        let old = try model(first.encoded(precision: .int8, key: key))
        let new = try model(second.encoded(precision: .int8, key: key))
        let delta = ModelDelta(from: old, to: new)
        #expect(delta.encoded.count < new.encoded.count / 2)
        let result = try ModelDelta(delta.encoded).applied(to: old, trusting: key.publicKey)
        #expect(result.encoded == new.encoded)
        #expect(
            throws: PublishedModelError.otherBase(
                expected: hexadecimal(old.digest), actual: hexadecimal(new.digest))
        ) {
            try delta.applied(to: new, trusting: key.publicKey)
        }
    }

    @Test func `a delta leads to a catalogue that has grown or shrunk`() throws {
        for items in [10, 49, 70] {
            let old = try model(publication().encoded(precision: .int4, key: key))
            let new = try model(
                publication(items: items, release: 4).encoded(precision: .int4, key: key))
            let result = try ModelDelta(from: old, to: new).applied(
                to: old, trusting: key.publicKey)
            #expect(result.encoded == new.encoded)
        }
    }

    @Test func `no altered delta gives a model`() throws {
        let old = try model(
            publication(items: 20, dimensions: 4).encoded(precision: .int8, key: key))
        let new = try model(
            publication(items: 22, dimensions: 4, release: 4, seed: 2).encoded(
                precision: .int8, key: key))
        let delta = ModelDelta(from: old, to: new).encoded
        for index in delta.indices {
            var altered = delta
            altered[index] ^= 1 << UInt8(index % 8)
            let result = try? ModelDelta(altered).applied(to: old, trusting: key.publicKey)
            // A bit of a piece that is the same either way, or that no piece has, changes nothing.
            #expect(result == nil || result?.encoded == new.encoded)
        }
        for count in stride(from: 0, to: delta.count, by: 7) {
            #expect(throws: PublishedModelError.self) {
                try ModelDelta(Array(delta.prefix(count))).applied(to: old, trusting: nil)
            }
        }
    }

    @Test func `a delta whose header nobody signed makes nothing of it`() throws {
        let old = try model(
            publication(items: 20, dimensions: 4).encoded(precision: .int8, key: key))
        // Thousands of empty sections, each of which would claim some space.
        var header = old.header
        header.sections = (0..<5000).map {
            .init(name: "empty \($0)", offset: 64 * $0, length: 0, digest: "")
        }
        let json = try header.encoded()
        let word = withUnsafeBytes(of: UInt32(json.count).littleEndian) { [UInt8]($0) }
        let delta = ModelDelta(
            [UInt8]("COVEY\0D\n".utf8) + [1, 0, 0, 0] + old.digest + word + json
                + [UInt8](repeating: 0, count: 64))
        #expect(throws: PublishedModelError.notSigned(path: "the delta")) {
            try delta.applied(to: old, trusting: key.publicKey)
        }
        #expect(throws: PublishedModelError.self) { try delta.applied(to: old, trusting: nil) }
    }

    @Test func `what cannot be ranked with is not published`() throws {
        var broken = publication()
        broken.content.rows[3] = .nan
        #expect(throws: PublicationError.notFinite) {
            try broken.encoded(precision: .int8, key: nil)
        }
        var repeated = publication(items: 2)
        repeated.catalogue = Catalogue(items: [.init(id: "a"), .init(id: "a")])
        #expect(throws: PublicationError.repeatedIdentifier("a")) {
            try repeated.encoded(precision: .int8, key: nil)
        }
    }

    @Test func `a model published again in fewer bits is the same model`() throws {
        let whole = try model(publication().encoded(precision: .float32, key: nil))
        for precision in VectorPrecision.allCases {
            let packed = try whole.publication.encoded(precision: precision, key: nil)
            #expect(try packed == publication().encoded(precision: precision, key: nil))
        }
    }
}
