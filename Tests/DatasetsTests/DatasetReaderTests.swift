import Datasets
import Foundation
import Recommender
import Testing

@Suite struct DatasetReaderTests {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    private func read(_ name: String, _ text: String) throws -> InteractionData {
        try DatasetReader.read(path: directory.write(name, text))
    }

    @Test func `MovieLens 100K directory is read with genres and years`() throws {
        try directory.write("u.data", "2\t10\t4\t900\n1\t11\t3\t800\n2\t11\t5\t700\n")
        let flags = [String](repeating: "0", count: 19)
        var heat = flags
        heat[1] = "1"
        heat[18] = "1"
        var unknown = flags
        unknown[0] = "1"
        try directory.write(
            "u.item",
            Array("11|Caf".utf8) + [0xE9] + Array(" (1995)|01-Jan-1996||url|".utf8)
                + Array(heat.joined(separator: "|").utf8)
                + Array("\n10|Bare|02-Feb-1988||url|\(unknown.joined(separator: "|"))\n".utf8))
        let data = try DatasetReader.read(path: directory.path)
        #expect(
            data.catalogue.items == [
                .init(
                    id: "11", title: "Café (1995)", categories: ["Action", "Western"], year: 1995),
                .init(id: "10", title: "Bare", categories: [], year: 1988),
            ])
        #expect(data.users.map(\.id) == ["2", "1"])
        #expect(
            data.users[0].history == [
                Interaction(item: 0, timestamp: 700, rating: 5),
                Interaction(item: 1, timestamp: 900, rating: 4),
            ])
    }

    @Test func `MovieLens 1M directory is read from Latin-1 files with double colons`() throws {
        try directory.write("ratings.dat", "1::7::5::20\r\n1::8::3::10\r\n")
        try directory.write(
            "movies.dat",
            Array("7::Mis".utf8) + [0xE9] + Array("rables: Les (1998)::Drama|War\n".utf8)
                + Array("8::Plain::Comedy\n9::Unseen (1990)::Comedy\n".utf8))
        let data = try DatasetReader.read(path: directory.path)
        #expect(
            data.catalogue.items == [
                .init(
                    id: "7", title: "Misérables: Les (1998)", categories: ["Drama", "War"],
                    year: 1998),
                .init(id: "8", title: "Plain", categories: ["Comedy"]),
            ])
        #expect(data.users[0].history.map(\.item) == [1, 0])
    }

    @Test func `MovieLens CSV directory is read with quoted titles`() throws {
        try directory.write(
            "ratings.csv", "userId,movieId,rating,timestamp\n9,3,3.5,100\n9,1,0.5,90\n")
        try directory.write(
            "movies.csv",
            """
            movieId,title,genres
            1,"American President, The (1995)",Comedy|Drama
            3,"The ""Quoted"" One (2006–2007)",(no genres listed)

            """)
        let data = try DatasetReader.read(path: directory.path)
        #expect(
            data.catalogue.items == [
                .init(
                    id: "1", title: "American President, The (1995)",
                    categories: ["Comedy", "Drama"], year: 1995),
                .init(id: "3", title: "The \"Quoted\" One (2006–2007)", year: 2006),
            ])
        #expect(data.users[0].history.map(\.rating) == [0.5, 3.5])
    }

    @Test func `columns are found by name in any order`() throws {
        let data = try read(
            "log.csv", "\u{FEFF}timestamp,extra,Item,USER,hour\n5,x,a,u,23\n5,x,b,u,\n1,x,c,u,0\n")
        #expect(data.name == "log")
        #expect(data.catalogue.items.map(\.id) == ["a", "b", "c"])
        #expect(
            data.users == [
                .init(
                    id: "u",
                    history: [
                        Interaction(item: 2, timestamp: 1, context: 0),
                        Interaction(item: 0, timestamp: 5, context: 23),
                        Interaction(item: 1, timestamp: 5),
                    ])
            ])
    }

    @Test func `a missing timestamp turns that person's timestamps into positions`() throws {
        let data = try read(
            "r.csv", "user,item,rating,timestamp\nu,a,1,50\nv,a,,9\nu,b,,\nv,b,2,8\nu,a,,10\n")
        #expect(data.users[0].history.map(\.item) == [0, 1, 0])
        #expect(data.users[0].history.map(\.timestamp) == [0, 1, 2])
        #expect(data.users[1].history.map(\.timestamp) == [8, 9])
        #expect(data.users[0].history.map(\.rating) == [1, nil, nil])
    }

    @Test func `only user and item are needed`() throws {
        let data = try read("r.csv", "user,item\nu,a\n\n\nu,b")
        #expect(data.users[0].history.map(\.timestamp) == [0, 1])
        #expect(data.interactionCount == 2)
    }

    @Test func `catalogue lists described items first and leaves out unused ones`() throws {
        try directory.write("ratings.csv", "user,item\nu,x\nu,c\nu,a\n")
        try directory.write(
            "items.csv", "id,title,genres,released\nunused,U,,\na,A,g1| g2 ,1999-05-01\nc,C,,n/a\n")
        let data = try DatasetReader.read(path: directory.path)
        #expect(data.catalogue.items.map(\.id) == ["a", "c", "x"])
        #expect(
            data.catalogue.items[0]
                == .init(id: "a", title: "A", categories: ["g1", "g2"], year: 1999))
        #expect(data.catalogue.items[1].year == nil)
        #expect(data.users[0].history.map(\.item) == [2, 1, 0])
    }

    @Test func `content and new items are read, also those that nobody has met`() throws {
        try directory.write("ratings.csv", "user,item\nu,x\nu,c\nu,a\n")
        try directory.write(
            "items.csv",
            "id,new,content\nz,yes,0 0\nunused,,1 1\na,true,0.5  -1e-1\nz,1,2 2\nc,0,\n")
        let data = try DatasetReader.read(path: directory.path)
        #expect(
            data.catalogue.items == [
                .init(id: "a", content: [0.5, -0.1], isNew: true), .init(id: "c"), .init(id: "x"),
                .init(id: "z", content: [0, 0], isNew: true),
            ])
        #expect(data.users[0].history.map(\.item) == [2, 1, 0])
    }

    @Test func `an items file can be given beside a file of ratings`() throws {
        let items = try directory.write("things.csv", "id,name\na,Apple\n")
        let ratings = try directory.write("r.csv", "user,item\nu,a\n")
        let data = try DatasetReader.read(path: ratings, items: items)
        #expect(data.catalogue.items == [.init(id: "a", title: "Apple")])
    }

    @Test func `quoted identifiers equal plain ones and may hold line ends`() throws {
        let data = try read(
            "r.csv", "user,item\nu,\"a\"\nu,a\r\n\"u\",\"x,\ny\"\nu,\"say \"\"hi\"\"\"\n")
        #expect(data.catalogue.items.map(\.id) == ["a", "x,\ny", "say \"hi\""])
        #expect(data.users.count == 1)
    }

    @Test func `tab-separated files with a header are read`() throws {
        let data = try read("r.tsv", "user\titem\ttimestamp\nu\ta\t978300019.0\n")
        #expect(data.users[0].history == [Interaction(item: 0, timestamp: 978_300_019)])
    }

    @Test func `thousands of identifiers stay apart`() throws {
        var text = "user,item\n"
        for number in 0..<5_000 { text += "u\(number % 70),\(number * 7919 % 5_003)\n" }
        let data = try read("r.csv", text)
        #expect(data.catalogue.items.map(\.id) == (0..<5_000).map { "\($0 * 7919 % 5_003)" })
        #expect(data.users.map(\.id) == (0..<70).map { "u\($0)" })
    }

    @Test func `progress rises to one`() throws {
        var text = "user,item\n"
        for number in 0..<200_000 { text += "u,\(number % 10)\n" }
        var seen: [Double] = []
        _ = try DatasetReader.read(path: directory.write("r.csv", text)) { seen.append($0) }
        #expect(seen.count == 4)
        #expect(seen == seen.sorted() && seen.last == 1)
    }

    @Test func `gzip files are recognised by their content`() throws {
        let text = "user,item\n" + (0..<30_000).map { "u,\($0)\n" }.joined()
        let bytes = Array(text.utf8)
        let half = bytes.count / 2
        let twoMembers = gzip(Array(bytes[..<half])) + gzip(Array(bytes[half...]))
        for (name, content) in [
            ("one.csv", gzip(bytes)), ("two.csv.gz", twoMembers),
            ("padded.csv.gz", gzip(bytes) + [0, 0, 0]),
        ] {
            let data = try DatasetReader.read(path: directory.write(name, content))
            #expect(data.interactionCount == 30_000)
        }
        try directory.write("ratings.csv.gz", gzip(bytes))
        #expect(try DatasetReader.read(path: directory.path).interactionCount == 30_000)
    }
}
