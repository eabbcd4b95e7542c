import Coordinator
import FederatedProtocol
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import CoordinatorService

@Suite(.timeLimit(.minutes(2)))
struct OperationsTests {
    @Test
    func `metrics say what was asked and how it went`() async throws {
        try await RunningServer.with { server in
            for _ in 0..<3 { _ = try await server.call("Describe") }
            _ = try await server.call("CheckIn")
            _ = try await server.send("GET", "/wherever/\(UUID().uuidString)")
            let metrics = try await server.send("GET", "/metrics")
            #expect(metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let lines = metrics.text.split(separator: "\n")
            for line in [
                #"covey_requests_total{call="Describe",status="200"} 3"#,
                #"covey_requests_total{call="CheckIn",status="401"} 1"#,
                #"covey_requests_total{call="other",status="404"} 1"#,
                #"covey_request_duration_seconds_count{call="Describe"} 3"#,
                #"covey_request_duration_seconds_bucket{call="Describe",le="+Inf"} 3"#,
                #"covey_received_bytes_total{call="Describe"} 6"#,
                #"covey_devices{state="enrolled"} 12"#,
                #"covey_store_commit_duration_seconds_bucket{le="0.01"} 0"#,
                #"covey_store_commit_duration_seconds_bucket{le="0.025"} 1"#,
                #"covey_store_commit_duration_seconds_bucket{le="+Inf"} 2"#,
                "covey_store_commit_duration_seconds_sum 20.02",
                "covey_store_commit_duration_seconds_count 2",
                #"covey_epsilon{of="coordinator"} 0.5"#, "covey_ledger_entries 3",
            ] { #expect(lines.contains(Substring(line))) }
            #expect(lines.filter { $0.hasPrefix("# TYPE covey_requests_total ") }.count == 1)
        }
    }

    @Test
    func `samples are written so that nothing breaks out of them`() {
        var text = PrometheusText()
        text.begin("m", .gauge, "Help.")
        text.sample("m", ["task": "a\"b\\c\nd"], 1.5)
        #expect(text.text == "# HELP m Help.\n# TYPE m gauge\nm{task=\"a\\\"b\\\\c\\nd\"} 1.5\n")
        var odd = PrometheusText()
        odd.sample("m", [:], .infinity)
        odd.sample("m", [:], .nan)
        odd.sample("m", [:], 3)
        #expect(odd.text == "m +Inf\nm NaN\nm 3\n")
    }

    @Test
    func `readiness is the coordinator's, and health the process's`() async throws {
        let calls = MemoryCalls()
        try await RunningServer.with(calls) { server in
            #expect(try await server.send("GET", "/readyz").status == 200)
            calls.content.withLock { content in
                content.readiness = Readiness(isReady: false, reason: "the store is gone")
                content.error = CallError(.unavailable, "the store is gone")
            }
            let answer = try await server.send("GET", "/readyz")
            #expect(answer.status == 503)
            #expect(answer.text.contains("the store is gone"))
            #expect(try await server.send("GET", "/healthz").text == "ok\n")
            // Metrics of the service are there when the coordinator says nothing.
            let metrics = try await server.send("GET", "/metrics")
            #expect(metrics.status == 200)
            #expect(!metrics.text.contains("covey_ledger_entries"))
        }
    }

    @Test
    func `an address for operators' tools has those alone`() async throws {
        let (ports, source) = AsyncStream.makeStream(of: Int.self)
        var configuration = ServerConfiguration.forTests
        configuration.operations = .init(address: "127.0.0.1", port: 0)
        try await RunningServer.with(
            MemoryCalls(), configuration, onOperations: { source.yield($0) }
        ) { server in
            let port = try #require(await ports.first { _ in true })
            let operations = RunningServer(port: port, group: server.group)
            #expect(try await operations.send("GET", "/metrics").status == 200)
            #expect(try await operations.send("GET", "/readyz").status == 200)
            #expect(try await operations.call("Describe").status == 404)
            #expect(try await server.send("GET", "/metrics").status == 404)
            #expect(try await server.send("GET", "/healthz").status == 200)
            #expect(try await server.call("Describe").status == 200)
        }
    }

    @Test
    func `a server that is told to stop is not ready, and waits for what is under way`()
        async throws
    {
        let isDrained = Mutex(false)
        let (ends, source) = AsyncStream.makeStream(of: Void.self)
        try await RunningServer.with(drain: { _ in
            for await _ in ends { break }
            isDrained.withLock { $0 = true }
        }) { server in
            #expect(try await server.send("GET", "/readyz").status == 200)
            await server.group.triggerGracefulShutdown()
            while try await server.send("GET", "/readyz").status != 503 {
                try await Task.sleep(for: .milliseconds(5))
            }
            // Devices in a round are answered until the end.
            #expect(try await server.call("Describe").status == 200)
            source.yield()
        }
        #expect(isDrained.withLock { $0 })
    }

    @Test
    func `a port that is taken is named`() async throws {
        try await RunningServer.with { server in
            var configuration = ServerConfiguration.forTests
            configuration.port = server.port
            let second = CoordinatorServer(
                configuration: configuration, calls: MemoryCalls(), logger: .silent)
            let error = await #expect(throws: ListeningError.self) { try await second.run() }
            #expect(
                error?.description.contains("127.0.0.1:\(server.port): the port is taken") == true)
        }
    }

    @Test
    func `what does not end is left when the time is over`() async throws {
        let configuration = ServerConfiguration.limited { $0.drain = .milliseconds(50) }
        let (ends, source) = AsyncStream.makeStream(of: Void.self)
        try await RunningServer.with(
            MemoryCalls(), configuration,
            drain: { limit in
                // Time is left to abandon what did not end.
                #expect(limit == .milliseconds(25))
                await Task { for await _ in ends { break } }.value
            }
        ) { server in
            let answer = try await server.call("Describe")
            #expect(answer.status == 200)
        }
        source.yield()
    }

    @Test
    func `logs have neither identities nor tokens nor addresses nor bodies`() async throws {
        let lines = Mutex("")
        let logger = Logger(label: "test") { _ in
            JSONLogHandler(logLevel: .trace) { data in
                lines.withLock { $0 += String(decoding: data, as: UTF8.self) }
            }
        }
        let calls = MemoryCalls()
        try await RunningServer.with(calls, logger: logger) { server in
            _ = try await server.call(
                "Enrol", #"{"identity": "c2VjcmV0aWRlbnRpdHk=", "token": "one-time-token"}"#)
            for token in ["device-5", "device-999", RunningServer.administratorToken] {
                let header = [
                    "authorization": "Bearer \(token)", "x-forwarded-for": "203.0.113.77",
                ]
                _ = try await server.call("CheckIn", "{not json", headers: header)
                _ = try await server.call(
                    "CreateTask", #"{"name": "hidden-task"}"#, headers: header)
            }
            _ = try await server.send(
                "POST", "/v1/sums/\(RunningServer.session)/masked-inputs?ticket=a-ticket",
                headers: [
                    "authorization": "Bearer device-5", "content-type": "application/octet-stream",
                ], body: [UInt8](repeating: 0x41, count: 1_000))
            _ = try await RawConnection.transcript(
                port: server.port, sending: "garbage with-secret\r\n\r\n")
        }
        let log = lines.withLock { $0 }
        #expect(log.contains(#""call":"CheckIn""#))
        for secret in [
            "c2VjcmV0aWRlbnRpdHk", "one-time-token", "device-5", "device-999",
            RunningServer.administratorToken, "203.0.113.77", "127.0.0.1", "not json",
            "hidden-task", "a-ticket", RunningServer.session, "AAAA", "with-secret",
            String(repeating: "5, ", count: 4),
        ] { #expect(!log.contains(secret)) }
        for line in log.split(separator: "\n") {
            let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
            #expect(object["level"] != nil && object["time"] != nil && object["message"] != nil)
        }
    }
}
