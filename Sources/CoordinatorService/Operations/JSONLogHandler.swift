package import Foundation
package import Logging
internal import Synchronization

/// Writes one JSON object a line to standard error: the time, the level, the message, and what belongs
/// to it.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let write: @Sendable (Data) -> Void

    /// Lines of different threads do not mix.
    private static let output = Mutex(())

    /// - Parameters:
    ///   - logLevel: What is worth a line.
    ///   - write: Takes a line; standard error where nothing else is said.
    package init(
        logLevel: Logger.Level,
        write: @escaping @Sendable (Data) -> Void = {
            try? FileHandle.standardError.write(contentsOf: $0)
        }
    ) {
        self.logLevel = logLevel
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line: [String: String] = [:]
        for (key, value) in metadata { line[key] = "\(value)" }
        for (key, value) in event.metadata ?? [:] { line[key] = "\(value)" }
        line["time"] = Date.now.formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        line["level"] = event.level.rawValue
        line["message"] = "\(event.message)"
        if let error = event.error { line["error"] = "\(error)" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var data = try? encoder.encode(line) else { return }
        data.append(UInt8(ascii: "\n"))
        Self.output.withLock { _ in write(data) }
    }
}
