import Foundation
import Sodium
import Testing
import VectorKernels

@testable import OnDevice
@testable import Recommender

struct ModelLibraryTests {
    private let key: SigningKey
    private let folder: String

    init() throws {
        key = try SigningKey(seed: SecretBytes([UInt8](repeating: 7, count: 32)))
        folder = NSTemporaryDirectory() + "covey-models-" + UUID().uuidString
    }

    private func library() throws -> ModelLibrary {
        try ModelLibrary(folder: folder, trusting: key.publicKey)
    }

    private func release(_ number: Int, seed: UInt64 = 1) throws -> [UInt8] {
        try RankerFixture.publish(
            RankerFixture.ridge(seed: seed), release: number, precision: .int8, key: key)
    }

    @Test func `the newest release is in use, and one can go back to the one before`() throws {
        let library = try library()
        #expect(try library.open() == nil)
        try library.install(release(1))
        try library.install(release(2, seed: 2))
        #expect(try library.open()?.header.release == 2)
        #expect(try self.library().open()?.header.release == 2)
        #expect(try library.rollBack().header.release == 1)
        #expect(try library.open()?.encoded == release(1))
        // What was gone back from is not taken again; the next one is.
        #expect(throws: PublishedModelError.notNewer(release: 2, newest: 2)) {
            try library.install(release(2, seed: 2))
        }
        #expect(throws: PublishedModelError.nothingBefore(path: folder)) {
            try library.rollBack()
        }
        #expect(try library.install(release(3)).header.release == 3)
    }

    @Test func `a model in use stays readable while newer ones come and go`() throws {
        let library = try library()
        let first = try library.install(release(1))
        let row = first.items.row(5)
        for number in 2...5 { try library.install(release(number, seed: UInt64(number))) }
        #expect(first.items.row(5) == row)
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(kept.count { $0.hasPrefix("release-") } == 2)
    }

    @Test func `what is not as signed leaves the old model in use`() throws {
        let library = try library()
        try library.install(release(1))
        var altered = try release(2)
        altered[altered.count - 100] ^= 1
        #expect(throws: PublishedModelError.damaged(path: "the received model", part: "items")) {
            try library.install(altered)
        }
        let other = try SigningKey(seed: SecretBytes([UInt8](repeating: 9, count: 32)))
        let foreign = try RankerFixture.publish(
            RankerFixture.ridge(), release: 2, precision: .int8, key: other)
        #expect(throws: PublishedModelError.notSigned(path: "the received model")) {
            try library.install(foreign)
        }
        #expect(try library.open()?.header.release == 1)
    }

    @Test func `a delta brings the next release`() throws {
        let library = try library()
        let old = try library.install(release(1))
        let next = try PublishedModel(
            MappedBytes(copying: release(2, seed: 2)), trusting: key.publicKey)
        let delta = ModelDelta(from: old, to: next).encoded
        #expect(try library.install(delta: delta).encoded == next.encoded)
        #expect(throws: PublishedModelError.self) { try library.install(delta: delta) }
        #expect(throws: PublishedModelError.self) {
            try library.install(delta: [UInt8](repeating: 1, count: 100))
        }
    }

    @Test func `what a crash left half written is not in use`() throws {
        let library = try library()
        try library.install(release(1))
        try Data("half".utf8).write(to: URL(filePath: folder + "/index.json.next"))
        try Data("half".utf8).write(to: URL(filePath: folder + "/release-2-00.covey.next"))
        #expect(try self.library().open()?.header.release == 1)
        try library.install(release(2))
        #expect(try library.open()?.header.release == 2)
    }

    @Test func `a model in use whose file was damaged is installed again`() throws {
        let library = try library()
        try library.install(release(1))
        try library.install(release(2))
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder).first {
                $0.hasPrefix("release-2")
            })
        try Data("lost".utf8).write(to: URL(filePath: folder + "/" + name))
        #expect(throws: PublishedModelError.self) { try library.open() }
        try library.install(release(2))
        #expect(try library.open()?.header.release == 2)
        #expect(try library.rollBack().header.release == 1)
    }

    @Test func `a model of another name is refused, though the same key signs it`() throws {
        let library = try library()
        try library.install(release(1))
        var music = try PublishedModel(MappedBytes(copying: release(9)), trusting: nil).publication
        music.name = "music"
        let bytes = try music.encoded(precision: .int8, key: key)
        #expect(throws: PublishedModelError.otherName(expected: "movies", actual: "music")) {
            try library.install(bytes)
        }
    }

    @Test func `of many installations at once, the newest stays`() async throws {
        let library = try library()
        let releases = try (1...8).map { try release($0) }
        await withTaskGroup(of: Void.self) { group in
            for bytes in releases { group.addTask { _ = try? library.install(bytes) } }
        }
        #expect(try library.open()?.header.release == 8)
    }

    @Test func `an index that leads elsewhere is refused`() throws {
        let library = try library()
        try library.install(release(1))
        try Data(#"{"current":"../model.covey","newest":1}"#.utf8).write(
            to: URL(filePath: folder + "/index.json"))
        #expect(throws: PublishedModelError.damagedIndex(path: folder + "/index.json")) {
            try library.open()
        }
    }
}
