import Foundation
import Testing

@testable import Datasets

struct EventFileTests {
    private func read(_ text: String, user: String? = nil) throws -> EventFile {
        let path = NSTemporaryDirectory() + "covey-events-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(filePath: path))
        return try EventFile(path: path, user: user)
    }

    private func problem(_ text: String) -> String {
        do {
            _ = try read(text)
            return "none"
        } catch { return "\(error)" }
    }

    @Test func `rows come in the order of their times`() throws {
        let file = try read("item,kind,time,value,device\nb,Play,20,,phone\na,rating,10,4.5,\n")
        #expect(file.rows.map(\.item) == ["a", "b"])
        #expect(file.rows.map(\.kind) == ["rating", "play"])
        #expect(file.rows.map(\.time) == [10, 20])
        #expect(file.rows.map(\.value) == [4.5, nil])
        #expect(file.rows.map(\.device) == ["", "phone"])
        #expect(file.rows.map(\.line) == [3, 2])
        #expect(!file.holdsRatings)
    }

    @Test func `without times the order of the file stays`() throws {
        let file = try read("movieId,rating\nb,5\na,1\n")
        #expect(file.rows.map(\.item) == ["b", "a"])
        #expect(file.holdsRatings)
    }

    @Test func `one person is picked out of many, and has to be named`() throws {
        let text = "user,item\n1,a\n2,b\n1,c\n"
        #expect(try read(text, user: "1").rows.map(\.item) == ["a", "c"])
        #expect(problem(text).hasSuffix("rows of several people; choose one with --user"))
        #expect(throws: DatasetError.self) { try read(text, user: "3") }
        #expect(throws: DatasetError.self) { try read("item\na\n", user: "1") }
        #expect(try read("user,item\n1,a\n").rows.count == 1)
    }

    @Test func `what cannot be read is told with its line`() {
        #expect(problem("item,time\na,1\n,2\n").hasSuffix(":3: the item is empty"))
        #expect(problem("item,time\na,soon\n").contains(":2: the time \"soon\""))
        #expect(problem("item,time\na,1e30\n").contains(":2: the time \"1e30\""))
        #expect(problem("item,value\na,much\n").contains(":2: the value \"much\""))
        #expect(problem("thing\na\n").contains("no column \"item\""))
        #expect(problem("").contains("no interactions"))
    }
}
