import Coordinator
import Foundation
import Testing

@testable import CoordinatorService

@Suite struct DashboardTests {
    private let dashboard: Dashboard

    init() throws { dashboard = try Dashboard() }

    private func page(
        _ path: String, _ overview: CoordinatorOverview, at base: String = "https://films.example"
    ) throws -> ParsedPage {
        try ParsedPage(dashboard.page(path, overview: overview, baseURL: base))
    }

    private static let overviews: [CoordinatorOverview] = [
        OverviewSample().overview, OverviewSample.empty, OverviewSample.busy,
        OverviewSample(rounds: 0).overview, OverviewSample(rounds: 1, isUnderWay: false).overview,
        OverviewSample(rounds: 100).overview,
    ]

    private static func paths(of overview: CoordinatorOverview) -> [String] {
        ["/", "/ledger", "/tasks/none"]
            + overview.tasks.map { DashboardRoute.task($0.name).path }
    }

    // MARK: Markup

    @Test func `every page is XML whose names are unique and whose references hold`() throws {
        for overview in Self.overviews {
            for path in Self.paths(of: overview) {
                let page = try page(path, overview)
                let ids = page.values(of: "id")
                #expect(Set(ids).count == ids.count, "\(path)")
                let references =
                    page.values(of: "aria-labelledby").flatMap { $0.split(separator: " ") }
                    .map(String.init) + page.values(of: "data-copy")
                    + page.values(of: "href").filter { $0.hasPrefix("#") }.map {
                        "\($0.dropFirst())"
                    }
                #expect(Set(references).subtracting(ids).isEmpty, "\(path)")
            }
        }
    }

    @Test func `nothing on a page needs more than the policy allows`() throws {
        for overview in Self.overviews {
            for path in Self.paths(of: overview) {
                let response = try #require(
                    dashboard.page(path, overview: overview, baseURL: "https://films.example"))
                let policy = try #require(response.headers["content-security-policy"])
                #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(response.headers["cache-control"] == "no-store")
                #expect(response.headers["x-content-type-options"] == "nosniff")
                #expect(response.headers["referrer-policy"] == "no-referrer")
                let page = try ParsedPage(response)
                #expect(page.all("style").isEmpty)
                #expect(
                    page.all("script").allSatisfy { $0.attributes["src"] != nil && $0.text.isEmpty }
                )
                for element in page.elements {
                    for name in element.attributes.keys {
                        #expect(name != "style" && !name.hasPrefix("on"), "\(path) \(element)")
                    }
                    for name in ["src", "href"] {
                        let target = element.attributes[name] ?? "/"
                        #expect(target.hasPrefix("/") || target.hasPrefix("#"), "\(target)")
                        #expect(!target.hasPrefix("//"))
                    }
                }
            }
        }
    }

    @Test func `everything a page loads is there, under a name of its own, for ever`() throws {
        let page = try page("/", OverviewSample().overview)
        let loaded =
            page.all("link").compactMap { $0.attributes["href"] }
            + page.all("script").compactMap { $0.attributes["src"] }
        #expect(loaded.count == 3)
        for path in loaded {
            let asset = try #require(dashboard.asset(path))
            #expect(asset.headers["cache-control"]?.contains("immutable") == true)
            #expect(!asset.body.isEmpty)
        }
        #expect(dashboard.asset("/assets/dashboard-0000000000000000.js") == nil)
        #expect(
            dashboard.page("/assets/../ledger", overview: OverviewSample().overview, baseURL: "")
                == nil)
        let style = try #require(dashboard.asset(loaded.first { $0.hasSuffix("css") } ?? ""))
        let text = String(decoding: style.body, as: UTF8.self)
        for mark in ["@import", "url(", "http:", "https:"] { #expect(!text.contains(mark)) }
    }

    @Test func `pages have landmarks, a way past the head, and tables with headings`() throws {
        for path in ["/", "/tasks/movies", "/ledger"] {
            let page = try page(path, OverviewSample().overview)
            #expect(page.all("main").count == 1)
            #expect(page.all("h1").count == 1)
            #expect(page.all("html", "lang", "en").count == 1)
            #expect(page.all("a", "class", "skip").first?.attributes["href"] == "#content")
            #expect(page.all("nav").allSatisfy { $0.attributes["aria-label"] != nil })
            #expect(page.all("caption").count == page.all("table").count)
            #expect(page.all("th").allSatisfy { $0.attributes["scope"] != nil })
            #expect(
                page.all("svg").allSatisfy {
                    $0.attributes["aria-hidden"] == "true" || $0.attributes["role"] == "img"
                })
            #expect(
                page.all("svg", "role", "img").allSatisfy {
                    $0.attributes["aria-label"] != nil || $0.attributes["aria-labelledby"] != nil
                })
            #expect(page.all("section").allSatisfy { $0.attributes["aria-labelledby"] != nil })
        }
        #expect(
            try page("/", OverviewSample().overview).all("a", "aria-current").map(\.text) == [
                "Overview"
            ])
        #expect(
            try page("/ledger", OverviewSample().overview).all("a", "aria-current").map(\.text) == [
                "Ledger"
            ])
    }

    @Test func `pages load anew by themselves where scripts do not run`() throws {
        let html = try #require(
            dashboard.page("/", overview: OverviewSample().overview, baseURL: ""))
        let text = String(decoding: html.body, as: UTF8.self)
        #expect(
            text.contains("<noscript><meta http-equiv=\"refresh\" content=\"10\"/></noscript>"))
    }

    // MARK: Text that others chose

    @Test(arguments: [
        "<script>alert(1)</script>", "\" onmouseover=\"alert(1)", "a & b's",
        "{{title}} {{{content}}}",
        "accent after a quote: \"\u{301} and <\u{338}b", "]]><!--", "Ключ 鍵 🗝️", "100 % / 50?#x",
        String(repeating: "long", count: 300), "'; rm -rf / #",
    ])
    func `names and reasons are shown as they are`(text: String) throws {
        var overview = OverviewSample(name: text, reason: text, state: "failed").overview
        overview.origin = text
        overview.ledgerKey = text
        overview.checkpoint = text
        overview.version = text
        overview.leader = text
        overview.replicas = [text, "b"]
        overview.tasks[0].algorithm = text
        overview.tasks[0].latest[4].reason = text
        overview.tasks[0].latest[4].query = text
        overview.tasks[0].latest[11].step = text
        overview.tasks[0].latest[10].state = text
        overview.tasks[0].quality[0].metric = text
        let taskPath = DashboardRoute.task(text).path
        for path in [
            "/", "/ledger", taskPath,
            "/tasks/"
                + text.utf8.map { "%" + String(0x100 | Int($0), radix: 16).suffix(2) }.joined(),
        ] {
            let page = try page(path, overview, at: text)
            #expect(page.text.utf8.count > 0)
            #expect(page.all("script").count == 1)
            #expect(page.all("b").isEmpty)
            #expect(page.values(of: "onmouseover").isEmpty)
        }
        let page = try page(taskPath, overview)
        #expect(page.all("h1").first?.text.hasPrefix(text) == true)
        #expect(page.element(id: "round-4")?.attributes["data-announce"]?.hasSuffix(text) == true)
        let links = try self.page("/", overview).all("a").compactMap { $0.attributes["href"] }
        #expect(links.contains(taskPath))
        #expect(DashboardRoute(taskPath) == .task(text))
    }

    @Test func `commands take names and addresses for one word`() throws {
        var sample = OverviewSample(name: "it's $(here)")
        sample.rounds = 12
        var overview = sample.overview
        overview.tasks[0].quality = []
        overview.ledgerKey = "a key"
        let task = try page(DashboardRoute.task("it's $(here)").path, overview)
        #expect(task.element(id: "report-quality")?.text.contains(#"'it'\''s $(here)'"#) == true)
        let ledger = try page("/ledger", overview, at: "https://films.example/a b/")
        let commands = try #require(ledger.element(id: "verify")).text.split(separator: "\n")
        #expect(
            commands == [
                "curl -fsS -o ledger.covey 'https://films.example/a b/v1/ledger'",
                "covey audit verify ledger.covey --public-key 'a key'",
            ])
    }

    // MARK: What is shown

    @Test func `overview shows tasks, devices, budget and the ledger's head`() throws {
        let text = try page("/", OverviewSample().overview).words
        for part in [
            "films.example/training", "2,000 enrolled", "waiting1,300", "away500", "in rounds200",
            "1.234", "0.766 left of 2.000", "0.750", "not limited by the budget", "delta 10⁻⁵",
            "27 entries", "4zKV+NaMr38kpEp7", "9 of 30 queries",
            "Round 12 (gradients): masking, 143 of 200 devices", "HR@10 0.589 after 9",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("Coordinators"))
        #expect(try page("/", OverviewSample.busy).text.contains("coordinator-a leads"))
    }

    @Test func `budget against observers limits the other epsilon`() throws {
        let text = try page("/", OverviewSample(against: "observer").overview).text
        #expect(text.contains("1.250 left of 2.000"))
        #expect(!text.contains("0.766 left"))
    }

    @Test func `task page shows every step of every round`() throws {
        let page = try page("/tasks/movies", OverviewSample().overview)
        let row = try #require(page.element(id: "round-2")).words
        #expect(row.hasPrefix("3 completed gradients 200 199"))
        for part in ["200", "199", "0.206", "1.166", "15.250", "0.300", "0.180", "2.41"] {
            #expect(row.contains(part), "\(part)")
        }
        #expect(row.hasSuffix("11:56:40"))
        // Newest first.
        let ids = page.all("tr").compactMap { $0.attributes["id"] }
        #expect(ids.first == "round-11" && ids.last == "round-0")
        #expect(page.element(id: "step-masking")?.attributes["aria-current"] == "step")
        #expect(page.element(id: "step-sharing")?.text.contains("done: 197 of 200") == true)
        #expect(page.all("svg", "role", "img").count == 6)
        #expect(
            page.element(id: "aborts")?.text.contains(OverviewSample.abandonment + "15") == true)
        #expect(page.element(id: "model-hash")?.text.hasPrefix("0f1e2d3c") == true)
    }

    @Test(arguments: ["open", "charged", "completed", "abandoned", "something new"])
    func `round's state is a word and a shape`(state: String) throws {
        var overview = OverviewSample(rounds: 3, isUnderWay: false).overview
        overview.tasks[0].latest[1].state = state
        let badge = StateBadge.round(state)
        let page = try page("/tasks/movies", overview)
        #expect(page.element(id: "round-1")?.words.hasPrefix("2 " + state) == true)
        #expect(page.values(of: "d").contains(badge.path))
        #expect(Set(StateBadge.rounds.map(\.path)).count == StateBadge.rounds.count)
        #expect((page.element(id: "current") != nil) == (state == "open" || state == "charged"))
    }

    @Test(arguments: ["gathering", "active", "paused", "finished", "failed", "something new"])
    func `task's state is a word and a shape`(state: String) throws {
        let overview = OverviewSample(reason: "a reason", state: state).overview
        for path in ["/", "/tasks/movies"] {
            let page = try page(path, overview)
            #expect(page.all("span", "class").contains { $0.text == state })
            #expect(page.text.contains("a reason"))
            #expect(page.values(of: "data-announce").contains("Task movies is \(state)."))
        }
    }

    @Test func `task that an operator ended does not look finished`() throws {
        var overview = OverviewSample(state: "finished").overview
        overview.tasks[0].queriesDone = 9
        let page = try page("/", overview)
        #expect(page.all("span", "class").contains { $0.text == "ended" })
        #expect(!page.all("span", "class").contains { $0.text == "finished" })
    }

    @Test func `gathering task says how many devices it waits for`() throws {
        var overview = OverviewSample(state: "gathering", rounds: 0, enrolled: 1203).overview
        overview.tasks[0].devices = 2000
        #expect(try page("/", overview).text.contains("1,203 of 2,000 devices enrolled"))
    }

    @Test func `where there is nothing, pages say what to do`() throws {
        let text = try page("/", OverviewSample.empty).text
        #expect(
            text.contains(
                "covey-coordinator task create simulations/quickstart.yaml --devices 1200"))
        #expect(text.contains("covey-fleet --coordinator https://films.example --scenario"))
        #expect(
            try page("/ledger", OverviewSample.empty).text.contains("No checkpoint is signed yet"))
        #expect(
            try page("/tasks/movies", OverviewSample(rounds: 0).overview).text.contains(
                "No round yet"))
    }

    @Test func `what needs an operator is said first, and read out`() throws {
        var overview = OverviewSample(state: "failed").overview
        overview.leader = ""
        overview.budget.epsilonCoordinator = 1.9
        overview.tasks[0].reason = "the disk is full"
        let page = try page("/", overview)
        let notices = page.all("aside").map(\.text)
        #expect(notices.count == 3)
        #expect(notices.contains { $0.contains("95 % of the privacy budget is spent") })
        #expect(page.values(of: "data-announce").contains("Task movies failed. the disk is full"))
        #expect(page.values(of: "data-announce").contains("Privacy budget: 90 percent is spent."))
        overview.budget.epsilonCoordinator = 2.5
        #expect(try self.page("/", overview).text.contains("0.500 over the budget of 2.000"))
        #expect(try self.page("/", OverviewSample().overview).all("aside").isEmpty)
    }

    @Test func `an abandoned round is read out on its task's page`() throws {
        let said = try page("/tasks/movies", OverviewSample().overview).values(of: "data-announce")
        #expect(said.contains("Round 5 of movies was abandoned: " + OverviewSample.abandonment))
        #expect(said.count == 2)
    }

    @Test func `unknown task is not found, and known ones are named`() throws {
        let response = try #require(
            dashboard.page("/tasks/none", overview: OverviewSample().overview, baseURL: ""))
        #expect(response.status == 404)
        #expect(
            try ParsedPage(response).all("a").contains { $0.attributes["href"] == "/tasks/movies" })
        for path in ["", "/nothing", "/tasks", "/tasks/", "/tasks/%zz", "//", "/ledger/"] {
            #expect(dashboard.page(path, overview: OverviewSample().overview, baseURL: "") == nil)
        }
    }

    @Test(arguments: [
        Double.nan, .infinity, -.infinity, 1e300, -1e300, .leastNonzeroMagnitude, -0.0, 0, -1,
    ])
    func `any number has a page`(value: Double) throws {
        var overview = OverviewSample().overview
        overview.budget = .init(
            epsilonCoordinator: value, epsilonObserver: value, epsilon: value, delta: value,
            against: "observer")
        for index in overview.tasks[0].latest.indices {
            overview.tasks[0].latest[index].epsilonCoordinator = value
            overview.tasks[0].latest[index].epsilonObserver = value
            overview.tasks[0].latest[index].noiseStandardDeviation = value
        }
        for index in overview.tasks[0].quality.indices {
            overview.tasks[0].quality[index].value = value
        }
        for path in ["/", "/tasks/movies", "/ledger"] {
            let response = try #require(dashboard.page(path, overview: overview, baseURL: ""))
            _ = try ParsedPage(response)
            let text = String(decoding: response.body, as: UTF8.self)
            #expect(!text.contains("\"nan") && !text.contains("\"inf") && !text.contains("\"-inf"))
        }
        let json = try #require(dashboard.page("/overview.json", overview: overview, baseURL: ""))
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.body)) }
    }

    @Test(arguments: [Int.min, -1, 0, .max])
    func `any count has a page`(value: Int) throws {
        var overview = OverviewSample(rounds: 3).overview
        overview.ledgerEntries = value
        overview.time = Int64(value)
        overview.population = .init(enrolled: value, present: value / 2, inRounds: value / 2)
        for state in ["active", "gathering"] {
            overview.tasks[0].state = state
            overview.tasks[0].devices = value
            overview.tasks[0].queries = value
            overview.tasks[0].queriesDone = value
            overview.tasks[0].rounds = value
            for index in overview.tasks[0].latest.indices {
                overview.tasks[0].latest[index].number = value == .min ? index : value / 2 + index
                overview.tasks[0].latest[index].invited = value
                overview.tasks[0].latest[index].survivors = [value, value, value, value, value]
                overview.tasks[0].latest[index].stepMilliseconds = [value, value]
                overview.tasks[0].latest[index].began = Int64(value)
                overview.tasks[0].latest[index].ended = Int64(value)
            }
            for path in ["/", "/tasks/movies", "/ledger"] { _ = try page(path, overview) }
        }
    }

    // MARK: Caching

    @Test func `page is sent again only when something but the time has changed`() throws {
        var overview = OverviewSample().overview
        for path in ["/", "/tasks/movies", "/ledger", "/overview.json"] {
            overview.ledgerEntries = 27
            let first = try #require(dashboard.page(path, overview: overview, baseURL: ""))
            let tag = try #require(first.headers["etag"])
            overview.time += 2000
            let second = try #require(
                dashboard.page(path, overview: overview, baseURL: "", ifNoneMatch: "\"x\", " + tag))
            #expect(second.status == 304 && second.body.isEmpty)
            #expect(second.headers["etag"] == tag)
            overview.ledgerEntries = 28
            let third = try #require(
                dashboard.page(path, overview: overview, baseURL: "", ifNoneMatch: tag))
            #expect(third.status == 200 && third.headers["etag"] != tag)
        }
    }

    @Test func `copies and other overviews do not get each other's pages`() throws {
        let (first, second) = (OverviewSample().overview, OverviewSample.busy)
        let copy = dashboard
        for overview in [first, second, first, second] {
            for _ in 0..<2 {
                let fresh = try Dashboard().page("/", overview: overview, baseURL: "a")
                #expect(copy.page("/", overview: overview, baseURL: "a") == fresh)
                let other = try Dashboard().page("/ledger", overview: overview, baseURL: "b")
                #expect(dashboard.page("/ledger", overview: overview, baseURL: "b") == other)
            }
        }
    }

    @Test func `JSON is the overview`() throws {
        let overview = OverviewSample.busy
        let response = try #require(
            dashboard.page("/overview.json", overview: overview, baseURL: ""))
        #expect(response.headers["content-type"] == "application/json")
        let decoded = try JSONDecoder().decode(CoordinatorOverview.self, from: Data(response.body))
        #expect(decoded == overview)
    }
}
