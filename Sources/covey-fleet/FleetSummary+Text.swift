import Fleet
import Foundation

extension FleetSummary {
    var jsonText: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    var text: String {
        var lines = [
            "\(devices) devices in \(Int(seconds.rounded())) s, \(megabytes(peakMemoryBytes)) MB of memory",
            "rounds of devices: \(finished) finished, \(left) left, \(declined) declined",
            "\(traffic.requests) requests, \(traffic.retries) retries, \(megabytes(traffic.sent)) MB "
                + "sent, \(megabytes(traffic.received)) MB received",
        ]
        lines += traffic.errors.sorted { $0.key < $1.key }.map { "error \($0): \($1)" }
        lines += reasons.sorted { $0.value > $1.value }.prefix(10).map { "\($1) × \($0)" }
        for task in quality {
            let metrics = task.metrics.sorted { $0.key < $1.key }
                .map { $0 + String(format: " %.4f", $1) }
            lines.append(
                "\(task.task) after \(task.queriesDone) queries: \(metrics.joined(separator: ", "))"
            )
        }
        return lines.joined(separator: "\n")
    }
}
