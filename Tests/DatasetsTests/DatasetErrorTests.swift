import Datasets
import Foundation
import Recommender
import Testing

@Suite struct DatasetErrorTests {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    @Test(
        arguments: [
            ("user,item,rating,timestamp\nu,a,1,1\nu,b\n", 3, .tooFewFields(found: 2, needed: 4)),
            ("user,item\n\n,a\n", 3, .emptyField(column: "user")),
            ("user,item\nu,\n", 2, .emptyField(column: "item")),
            ("user,item,rating\nu,a,good\n", 2, .badNumber(column: "rating", text: "good")),
            ("user,item,rating\nu,a,nan\n", 2, .badNumber(column: "rating", text: "nan")),
            ("user,item,rating\nu,a,inf\n", 2, .badNumber(column: "rating", text: "inf")),
            ("user,item,rating\nu,a,1e39\n", 2, .badNumber(column: "rating", text: "1e39")),
            ("user,item,rating\nu,a,1e999\n", 2, .badNumber(column: "rating", text: "1e999")),
            ("user,item,timestamp\nu,a,now\n", 2, .badNumber(column: "timestamp", text: "now")),
            ("user,item,timestamp\nu,a,1e30\n", 2, .badNumber(column: "timestamp", text: "1e30")),
            ("user,item,context\nu,a,256\n", 2, .badNumber(column: "context", text: "256")),
            ("user,item\nu,\"a\nb\"\nu,\"c\n", 4, .unterminatedQuote),
        ] as [(String, Int, DatasetError.RowProblem)])
    func `a malformed row is named with its line`(
        text: String, line: Int, problem: DatasetError.RowProblem
    ) throws {
        let path = try directory.write("r.csv", text)
        let error = DatasetError.malformedRow(path: path, line: line, problem: problem)
        #expect(throws: error) { try DatasetReader.read(path: path) }
        #expect(error.description.hasPrefix("\(path):\(line): "))
        #expect(!error.description.contains("\n"))
    }

    @Test(
        arguments: [
            ("id,title,genres\na,A\n", .tooFewFields(found: 2, needed: 3)),
            ("id,content\na,1 two\n", .badNumber(column: "content", text: "two")),
            ("id,content\na,1e39\n", .badNumber(column: "content", text: "1e39")),
            (
                "id,new\na,perhaps\n",
                .unknownWord(column: "new", text: "perhaps", allowed: ["true", "false"])
            ),
        ] as [(String, DatasetError.RowProblem)])
    func `a malformed row of items is named too`(
        text: String, problem: DatasetError.RowProblem
    ) throws {
        try directory.write("ratings.csv", "user,item\nu,a\n")
        let path = try directory.write("items.csv", text)
        #expect(throws: DatasetError.malformedRow(path: path, line: 2, problem: problem)) {
            try DatasetReader.read(path: directory.path)
        }
    }

    @Test func `content of another length is named`() throws {
        try directory.write("ratings.csv", "user,item\nu,a\nu,b\n")
        let path = try directory.write("items.csv", "id,content\na,1 2\nb,3\n")
        let error = DatasetError.malformedRow(
            path: path, line: 3, problem: .otherLength(column: "content", found: 1, expected: 2))
        #expect(throws: error) { try DatasetReader.read(path: directory.path) }
    }

    @Test func `a missing path is named`() {
        let path = directory.path + "/absent"
        #expect(throws: DatasetError.notFound(path: path)) { try DatasetReader.read(path: path) }
        #expect("\(DatasetError.notFound(path: path))".hasPrefix(path))
    }

    @Test func `a directory without ratings is refused`() {
        #expect(throws: DatasetError.unknownFormat(path: directory.path)) {
            try DatasetReader.read(path: directory.path)
        }
    }

    @Test func `a directory in place of the items file is refused`() throws {
        let ratings = try directory.write("r.csv", "user,item\nu,a\n")
        let error = #expect(throws: DatasetError.self) {
            try DatasetReader.read(path: ratings, items: directory.path)
        }
        guard case .unreadable(directory.path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a missing column is named with those there are`() throws {
        let path = try directory.write("r.csv", "person,item\nu,a\n")
        let error = DatasetError.missingColumn(
            path: path, column: "user", found: ["person", "item"])
        #expect(throws: error) { try DatasetReader.read(path: path) }
        #expect(error.description.contains(#"no column "user" in the header"#))
        #expect(error.description.contains(#""person", "item""#))
    }

    @Test(arguments: ["", "\n\n", "user,item\n"])
    func `a file without interactions is refused`(text: String) throws {
        let path = try directory.write("r.csv", text)
        #expect(throws: DatasetError.empty(path: path)) { try DatasetReader.read(path: path) }
    }

    @Test func `damaged gzip is refused`() throws {
        let whole = gzip(Array("user,item\nu,a\n".utf8))
        var flipped = whole
        flipped[whole.count - 6] ^= 1
        let damaged = [Array(whole.dropLast(4)), Array(whole.prefix(2)), flipped, whole + [1, 2]]
        for (number, bytes) in damaged.enumerated() {
            let path = try directory.write("\(number).gz", bytes)
            let error = #expect(throws: DatasetError.self) { try DatasetReader.read(path: path) }
            guard case .corruptGzip(path, _) = error else {
                Issue.record("\(number): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func `a message stays one line whatever the file holds`() throws {
        let header = "a\u{1B}[31m\rb," + String(repeating: "x", count: 5_000)
        let path = try directory.write("r.csv", header + "\n")
        let error = #expect(throws: DatasetError.self) { try DatasetReader.read(path: path) }
        let text = try #require(error?.description)
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 32 })
        #expect(text.count < 1_000)
    }
}
