import Datasets
import Testing

@testable import CoordinatorService

struct PageTests {
    @Test
    func `pages are served beside the calls`() async throws {
        try await RunningServer.with { server in
            let page = try await server.send("GET", "/")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
            #expect(page.text.contains("test.example"))
            let tag = try #require(page.headers["etag"])
            let same = try await server.send("GET", "/", headers: ["if-none-match": tag])
            #expect(same.status == 304)

            let json = try await server.send(
                "GET", "/overview.json", headers: ["accept-encoding": "gzip"])
            #expect(json.headers["content-type"] == "application/json")
            let isCompressed = json.headers["content-encoding"] == "gzip"
            let text = isCompressed ? try Gzip.decompress(json.body) : json.body
            #expect(String(decoding: text, as: UTF8.self).contains("test.example"))

            #expect(try await server.send("GET", "/ledger").status == 200)
            #expect(try await server.send("GET", "/tasks/none").status == 404)
            #expect(try await server.send("GET", "/assets/none.js").status == 404)
            #expect(try await server.send("POST", "/", body: []).status == 405)
            let metrics = try await server.send("GET", "/metrics")
            #expect(metrics.text.contains(#"{call="pages",status="304"} 1"#))
        }
    }
}
