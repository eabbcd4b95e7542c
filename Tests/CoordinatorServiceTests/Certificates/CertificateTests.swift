import Foundation
import Testing

@testable import CoordinatorService

@Suite(
    .enabled(if: TestCertificate.isPossible, "openssl and curl are needed"),
    .timeLimit(.minutes(2)))
struct CertificateTests {
    private func withServer(
        _ body: @Sendable (RunningServer, TestCertificate) async throws -> Void
    ) async throws {
        let files = try TestCertificate()
        defer { files.remove() }
        try files.write(name: "first.example")
        var configuration = ServerConfiguration.forTests
        configuration.tls = .init(certificate: files.certificate, key: files.key)
        configuration.limits.handshake = .milliseconds(500)
        try await RunningServer.with(MemoryCalls(), configuration) { server in
            try await body(server, files)
        }
    }

    private func curl(_ server: RunningServer, _ arguments: [String]) async throws -> String {
        try await TestCertificate.runApart(
            ["curl", "-sS", "-k", "-v"] + arguments + [
                "-H", "content-type: application/json", "-d", "{}",
                "https://127.0.0.1:\(server.port)/covey.v1.CoordinatorService/Describe",
            ])
    }

    @Test
    func `both versions of HTTP are spoken over TLS`() async throws {
        try await withServer { server, _ in
            let second = try await curl(server, ["--http2"])
            #expect(second.contains("HTTP/2 200"))
            #expect(second.contains("a checkpoint"))
            let first = try await curl(server, ["--http1.1"])
            #expect(first.contains("HTTP/1.1 200"))
            await #expect(throws: TestCertificate.Failure.self) {
                try await curl(server, ["--tls-max", "1.1"])
            }
        }
    }

    @Test
    func `a handshake that does not come is not waited for`() async throws {
        try await withServer { server, _ in
            #expect(try await RawConnection.transcript(port: server.port, sending: "") == "")
            let trickle = try await RawConnection.transcript(
                port: server.port, sending: "\u{16}\u{3}\u{1}", trickling: "\u{1}\u{0}")
            #expect(!trickle.contains("200"))
        }
    }

    @Test
    func `a request over HTTP 2 that is too large is refused, and others go on`() async throws {
        try await withServer { server, files in
            let path = files.folder + "/body"
            try Data(repeating: 0x20, count: 2 << 20).write(to: URL(filePath: path))
            let output = try await TestCertificate.runApart([
                "curl", "-sS", "-k", "--http2", "-w", " %{http_code}", "-H",
                "content-type: application/json", "--data-binary", "@\(path)",
                "https://127.0.0.1:\(server.port)/covey.v1.CoordinatorService/Describe",
            ])
            #expect(output.hasSuffix(" 413"))
            #expect(try await curl(server, ["--http2"]).contains("HTTP/2 200"))
        }
    }

    @Test
    func `a new certificate is taken in while the server runs, and a bad one is not`() async throws
    {
        try await withServer { server, files in
            #expect(try await curl(server, []).contains("CN=first.example"))
            try files.write(name: "second.example")
            while try await !curl(server, []).contains("CN=second.example") {
                try await Task.sleep(for: .milliseconds(200))
            }
            try Data("no certificate".utf8).write(to: URL(filePath: files.certificate))
            try await Task.sleep(for: .seconds(5))
            #expect(try await curl(server, []).contains("CN=second.example"))
        }
    }

    @Test
    func `only a certificate with its own closed key is taken`() throws {
        let files = try TestCertificate()
        defer { files.remove() }
        try files.write(name: "one.example")
        let named = ServerConfiguration.TLS(certificate: files.certificate, key: files.key)
        let store = try CertificateStore(named)
        #expect(try store.reload() == false)

        let other = try TestCertificate()
        defer { other.remove() }
        try other.write(name: "other.example")
        #expect(throws: CertificateError.self) {
            try CertificateStore(.init(certificate: files.certificate, key: other.key))
        }
        #expect(throws: CertificateError.unreadable(path: files.folder + "/none")) {
            try CertificateStore(.init(certificate: files.folder + "/none", key: files.key))
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: files.key)
        #expect(throws: SecretFileError.open(path: files.key)) { try CertificateStore(named) }
    }
}
