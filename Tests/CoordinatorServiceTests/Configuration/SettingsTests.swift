import Coordinator
import DifferentialPrivacy
import FederatedProtocol
import Foundation
import PrivacyLedger
import Simulation
import Testing

@testable import CoordinatorService

struct SettingsTests {
    private func read(
        _ yaml: String = "", environment: [String: String] = [:], flags: [String] = []
    ) throws -> CoordinatorSettings {
        try CoordinatorSettings(
            yaml: yaml, source: "coordinator.yaml", environment: environment, overrides: flags)
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test
    func `flags come before the environment, that before the file, that before standards`() throws {
        let yaml = "port: 1\nledger:\n  origin: file\n  epsilon: 1\nenrolment: open\n"
        let environment = [
            "COVEY_PORT": "2", "COVEY_LEDGER_EPSILON": "2", "COVEY_LIMITS_REQUESTS_PER_DEVICE": "7",
            "HOME": "/root",
        ]
        let settings = try read(yaml, environment: environment, flags: ["port=3"])
        #expect(settings.server.port == 3)
        #expect(settings.coordinator.target.budget.epsilon == 2)
        #expect(settings.coordinator.origin == "file")
        #expect(settings.coordinator.enrolment == .open)
        #expect(settings.server.limits.requestsPerDevice == 7)
        #expect(settings.server.limits.requestsPerAddress == 1_000)
        #expect(settings.server.url == "http://127.0.0.1:3")
    }

    @Test
    func `the standards of all settings can be read back`() throws {
        let first = try read()
        let secrets = try #require(first.resolved.range(of: "secrets:"))
        let second = try read(String(first.resolved[..<secrets.lowerBound]))
        #expect(second.resolved == first.resolved)
        for setting in ServerSetting.allCases {
            let last = try #require(setting.rawValue.split(separator: ".").last)
            #expect(first.resolved.contains("\(last):"))
        }
        #expect(first.coordinator.enrolment == .token)
        #expect(first.coordinator.schedule == .standard)
        #expect(!first.coordinator.isRehearsal)
    }

    @Test
    func `each setting has a variable of its own`() {
        #expect(ServerSetting.ledgerKeyFile.environmentName == "COVEY_LEDGER_KEY_FILE")
        #expect(ServerSetting.logLevel.environmentName == "COVEY_LOG_LEVEL")
        let names = Set(ServerSetting.allCases.map(\.environmentName))
        #expect(names.count == ServerSetting.allCases.count)
    }

    @Test(arguments: [
        ("port: 1\nlimits:\n  idelSeconds: 3\n", "coordinator.yaml, line 3", "limits.idleSeconds"),
        ("prot: 1\n", "coordinator.yaml, line 1", "'port'"),
        ("port: 70000\n", "coordinator.yaml, line 1", "65535"),
        ("log:\n  level: loud\n", "coordinator.yaml, line 2", "warning"),
        ("- a\n", "coordinator.yaml", "mapping"), ("port: [1]\n", "coordinator.yaml", "port"),
        ("\"", "coordinator.yaml", "not YAML"),
        ("rounds:\n  maskingSeconds: 0\n", "line 2", "0.001"),
        ("tls:\n  key: a.pem\n", "tls", "certificate and key"),
        ("url: ftp://x\n", "url", "https"), ("store: mysql://x\n", "store", "path"),
        ("store: postgresql://u:p@h/d\n", "store", "COVEY_DATABASE_PASSWORD"),
        ("store: postgresql://h/d?password=p\n", "store", "COVEY_DATABASE_PASSWORD"),
        ("limits:\n  trustedProxies: 10.0.0.0/8, proxy\n", "limits.trustedProxies", "proxy"),
        ("ledger:\n  neighbouring: none\n", "line 2", "addOrRemoveOne"),
    ])
    func `what cannot be used is refused by name and place`(
        yaml: String, place: String, hint: String
    ) {
        let text = message { _ = try read(yaml) }
        #expect(text.contains(place))
        #expect(text.contains(hint))
        #expect(!text.contains("\n"))
    }

    @Test
    func `variables and flags that are no settings are refused`() {
        #expect(message { _ = try read(environment: ["COVEY_PROT": "1"]) }.contains("COVEY_PROT"))
        #expect(message { _ = try read(flags: ["prot=1"]) }.contains("--set prot=1"))
        #expect(message { _ = try read(flags: ["port"]) }.contains("key=value"))
        let text = message { _ = try read(environment: ["COVEY_PORT": "x"]) }
        #expect(text.contains("COVEY_PORT"))
    }

    @Test
    func `secrets come from the environment or closed files, and are never shown`() throws {
        let folder = NSTemporaryDirectory() + "covey-settings-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let token = RunningServer.administratorToken
        let path = folder + "/token"
        try Data("\(token)\n".utf8).write(to: URL(filePath: path))
        let yaml = "administration:\n  tokenFile: \(path)\nstore: postgresql://u@h:5432/d\n"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: SecretFileError.open(path: path)) { try read(yaml) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)

        let settings = try read(yaml, environment: ["COVEY_DATABASE_PASSWORD": "p@ss/word"])
        #expect(settings.administratorToken == token)
        #expect(settings.server.administrator?.matches(token) == true)
        guard case .database(let connection) = settings.store else {
            Issue.record("not a database")
            return
        }
        #expect(connection == "postgresql://u:p%40ss%2Fword@h:5432/d")
        #expect(settings.resolved.contains("administratorToken: set"))
        #expect(settings.resolved.contains("databasePassword: set"))
        #expect(!settings.resolved.contains(token))
        #expect(!settings.resolved.contains("p@ss"))
        #expect(settings.coordinator.replica.url == settings.server.url)

        try Data().write(to: URL(filePath: path))
        #expect(throws: SecretFileError.empty(path: path)) { try read(yaml) }
        #expect(throws: SecretFileError.unreadable(path: folder + "/none")) {
            try read("administration:\n  tokenFile: \(folder)/none\n")
        }
        #expect(throws: SettingsError.shortToken) {
            try read(environment: ["COVEY_ADMINISTRATION_TOKEN": "secret"])
        }
        #expect(try read().resolved.contains("administratorToken: not set"))
    }
}
