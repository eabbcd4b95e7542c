internal import Foundation
internal import PrivacyLedger
internal import Recommender
internal import Sodium

/// The files that a run leaves behind.
struct RunFolder: Sendable {
    let path: String

    var ledgerPath: String { file("ledger.covey") }
    private var keyPath: String { file("ledger.pub") }
    var modelPath: String { file("model.covey") }
    var reportPath: String { file("report.html") }
    var scenarioPath: String { file("scenario.yaml") }
    private var metricsPath: String { file("metrics.jsonl") }
    private var checkpointPath: String { file("checkpoint.covey") }
    /// The private parameters of the devices, beside the checkpoint.
    var devicesPath: String { file("devices.covey") }
    private var resultPath: String { file("result.json") }

    private func file(_ name: String) -> String { path + "/" + name }

    /// Makes a new folder; one that exists must be empty.
    init(creating path: String) throws {
        self.path = path
        let manager = FileManager.default
        if let content = try? manager.contentsOfDirectory(atPath: path), !content.isEmpty {
            throw SimulationError.occupied(path: path)
        }
        do {
            try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch { throw SimulationError.unwritable(path: path) }
        guard manager.isWritableFile(atPath: path) else {
            throw SimulationError.unwritable(path: path)
        }
    }

    /// Opens the folder of an earlier run.
    init(opening path: String) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: scenarioPath) else {
            throw SimulationError.notResumable(path: path, reason: "it holds no scenario.yaml")
        }
        if let data = FileManager.default.contents(atPath: resultPath),
            let result = try? JSONDecoder().decode(SimulationResult.self, from: data),
            result.status == .finished
        {
            throw SimulationError.notResumable(path: path, reason: "it is finished")
        }
    }

    /// A folder that another process writes.
    init(ofAnotherProcess path: String) { self.path = path }

    /// Opens the folder of a run to look at it.
    init(reading path: String) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: scenarioPath) else {
            throw SimulationError.notARun(path: path, reason: "it holds no scenario.yaml")
        }
    }

    func write(scenario yaml: String) throws { try write(Data(yaml.utf8), to: scenarioPath) }

    /// Opens the ledger, or starts it, with its keys beside it.
    func openLedger(_ opening: LedgerOpening, keySeed: [UInt8]) throws -> PrivacyLedger {
        let key = try SigningKey(seed: SecretBytes(keySeed))
        if FileManager.default.fileExists(atPath: ledgerPath) {
            return try PrivacyLedger(opening: ledgerPath, key: key, waitingForDisk: false)
        }
        let name = try VerificationKey(name: opening.origin, key: opening.publicKey)
        try write(Data("\(name)\n".utf8), to: keyPath)
        try SigningKeyFile.write(seed: keySeed, at: file("ledger.key"))
        return try PrivacyLedger(
            creating: ledgerPath, opening: opening, key: key, time: 0, waitingForDisk: false)
    }

    /// Replaces the metrics by those of the finished rounds.
    func write(metrics: [RoundMetrics]) throws {
        let lines = try metrics.map { try Self.encoder.encode($0) + Data("\n".utf8) }
        try write(lines.reduce(Data(), +), to: metricsPath)
    }

    func readMetrics() throws -> [RoundMetrics] {
        guard let data = FileManager.default.contents(atPath: metricsPath) else { return [] }
        return try data.split(separator: UInt8(ascii: "\n")).map { line in
            do { return try JSONDecoder().decode(RoundMetrics.self, from: line) } catch {
                throw SimulationError.notResumable(path: path, reason: "metrics.jsonl is damaged")
            }
        }
    }

    func readResult() throws -> SimulationResult {
        guard let data = FileManager.default.contents(atPath: resultPath) else {
            throw SimulationError.notARun(
                path: path, reason: "it holds no result.json; the run is not over")
        }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do { return try decoder.decode(SimulationResult.self, from: data) } catch {
            throw SimulationError.notARun(path: path, reason: "result.json is damaged")
        }
    }

    func write(checkpoint: Snapshot) throws {
        try write(Data(checkpoint.encoded()), to: checkpointPath)
    }

    /// The last checkpoint; nil if none was written.
    func readCheckpoint() throws -> Snapshot? {
        guard let data = FileManager.default.contents(atPath: checkpointPath) else { return nil }
        do { return try Snapshot(decoding: [UInt8](data)) } catch {
            throw SimulationError.notResumable(path: path, reason: "checkpoint.covey: \(error)")
        }
    }

    /// Refuses to go on from a checkpoint without the file of what devices had learnt before it.
    func checkDevices(byteCount: Int) throws {
        guard FileManager.default.fileExists(atPath: checkpointPath) else { return }
        let size = try? FileManager.default.attributesOfItem(atPath: devicesPath)[.size] as? Int
        guard size ?? 0 >= byteCount else {
            throw SimulationError.notResumable(
                path: path,
                reason: "devices.covey, what the devices had learnt, is missing or short")
        }
    }

    /// A finished run needs no checkpoint.
    func removeCheckpoint() {
        for path in [checkpointPath, devicesPath] {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    func write(model: [UInt8]) throws { try write(Data(model), to: modelPath) }

    func write(report html: String) throws { try write(Data(html.utf8), to: reportPath) }

    func write(result: SimulationResult) throws { try write(result.json, to: resultPath) }

    /// Replaces a file in one step, so that a crash leaves the old or the new content.
    private func write(_ data: Data, to path: String) throws {
        do { try data.write(to: URL(filePath: path), options: .atomic) } catch {
            throw SimulationError.unwritable(path: path)
        }
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
