import Coordinator
import Testing

@testable import CoordinatorService

@Suite(.serialized, .enabled(if: Chromium.path != nil, "needs Chromium"))
struct DashboardBrowserTests {
    private static func open(
        _ path: String, from server: PageServer, seconds: Int = 9
    ) async throws -> Chromium.Outcome {
        try await server.run { try await Chromium.open($0 + path, seconds: seconds) }
    }

    /// One with more entries, and its last round abandoned.
    private static var later: CoordinatorOverview {
        var sample = OverviewSample(rounds: 13)
        sample.spent = 1.345
        var overview = sample.overview
        overview.tasks[0].latest[11] = sample.round(4)
        overview.tasks[0].latest[11].number = 11
        overview.ledgerEntries = 31
        return overview
    }

    @Test(arguments: ["/", "/tasks/movies", "/ledger", "/tasks/none"])
    func `browser loads pages without a complaint`(path: String) async throws {
        let server = try PageServer([OverviewSample().overview])
        let outcome = try await Self.open(path, from: server)
        let complaints = outcome.console.filter {
            // That a page is not found, the browser says itself.
            !(path == "/tasks/none" && $0.contains("404"))
        }
        #expect(complaints.isEmpty)
        #expect(outcome.document.contains("Live, "))
        #expect(outcome.document.contains("data-connection=\"live\""))
        #expect(server.count(of: path) > 2)
        #expect(path == "/tasks/none" || server.unchanged > 0)
    }

    @Test func `script shows a figure that has changed`() async throws {
        let server = try PageServer([OverviewSample().overview, Self.later])
        let outcome = try await Self.open("/", from: server)
        #expect(outcome.console.isEmpty)
        #expect(outcome.document.contains("31 <span"))
        #expect(!outcome.document.contains("27 <span"))
        #expect(outcome.document.contains("1.345"))
        #expect(outcome.document.contains("Round 13"))
    }

    @Test func `focus, selection, opened details and elements outlive a change`() async throws {
        let server = try PageServer(
            [OverviewSample().overview, Self.later],
            probe: """
                const row = document.getElementById("round-7");
                const details = document.querySelector("details");
                const hash = document.getElementById("model-hash");
                const region = document.querySelector("#rounds [role=region]");
                details.open = true;
                region.focus();
                document.getSelection().selectAllChildren(hash);
                const start = setInterval(() => {
                  if (!document.getElementById("round-12")) return;
                  clearInterval(start);
                  const kept = [
                    document.activeElement === region, details.open && details.isConnected,
                    document.getSelection().toString() === hash.textContent,
                    document.getElementById("round-7") === row,
                    document.querySelector("#rounds tbody tr").id === "round-12",
                    document.getElementById("announcements").textContent,
                  ];
                  document.body.dataset.kept = kept.join(";");
                }, 50);
                """)
        let outcome = try await Self.open("/tasks/movies", from: server)
        #expect(outcome.console.isEmpty)
        let announcement = "Round 12 of movies was abandoned: " + OverviewSample.abandonment
        #expect(
            outcome.document.contains("data-kept=\"true;true;true;true;true;\(announcement)\""))
    }

    @Test func `marked text is not changed until it is not marked any more`() async throws {
        let server = try PageServer(
            [OverviewSample().overview, Self.later],
            probe: """
                const number = document.querySelector("[aria-labelledby=ledger-heading] .number");
                document.getSelection().selectAllChildren(number);
                setTimeout(() => {
                  document.body.dataset.marked = number.textContent;
                  document.getSelection().removeAllRanges();
                }, 5000);
                """)
        let outcome = try await Self.open("/", from: server)
        #expect(outcome.document.contains("data-marked=\"27 entries\""))
        #expect(outcome.document.contains("31 <span"))
    }

    @Test func `an outage is shown, read out, and over when it is over`() async throws {
        let overview = OverviewSample().overview
        let lost = try await Self.open("/", from: try PageServer([overview, nil]))
        #expect(lost.document.contains("Connection lost since "))
        #expect(!lost.document.contains("id=\"connection\" hidden"))
        #expect(lost.document.contains("Not connected"))
        #expect(lost.document.contains("2,000 <span"))
        let found = try await Self.open(
            "/", from: try PageServer([overview, nil, overview]), seconds: 12)
        #expect(found.document.contains("id=\"connection\" hidden"))
        #expect(found.document.contains("Connected again."))
    }

    @Test func `button copies, or marks what is to be copied`() async throws {
        let server = try PageServer(
            [OverviewSample().overview],
            probe: """
                const button = document.querySelector("[data-copy=ledger-key]");
                setTimeout(() => button.click(), 1000);
                setTimeout(() => {
                  document.body.dataset.copied = document.getElementById("announcements").textContent
                    + document.getSelection().toString();
                }, 2500);
                """)
        let outcome = try await Self.open("/ledger", from: server, seconds: 4)
        #expect(
            outcome.document.contains("data-copied=\"Copied.\"")
                || outcome.document.contains(
                    "data-copied=\"Marked. Copy it with your keyboard.\(OverviewSample.key)\"")
        )
    }
}
