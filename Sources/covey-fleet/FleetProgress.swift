import Fleet
import Foundation
import Synchronization

/// Shows what a fleet is doing on standard error: one line that renews itself on a terminal, one every
/// ten seconds elsewhere.
final class FleetProgress: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    /// Notes of this second; a fleet without a coordinator would fill the screen with them.
    private let notes = Mutex((second: Int64(0), count: 0))
    private let mostNotes = 5

    /// Draws until the task is cancelled.
    func follow(_ fleet: Fleet) async {
        while !Task.isCancelled {
            let line = Self.line(fleet.status.counts, fleet.traffic.counts)
            write(isTerminal ? "\r\u{1B}[K" + line : line + "\n")
            try? await Task.sleep(for: .seconds(isTerminal ? 1 : 10))
        }
    }

    /// Says something once.
    func note(_ text: String) {
        let isShown = notes.withLock { notes in
            let second = Int64(Date.now.timeIntervalSince1970)
            if second != notes.second { notes = (second, 0) }
            notes.count += 1
            return notes.count <= mostNotes
        }
        if isShown { write((isTerminal ? "\r\u{1B}[K" : "") + text + "\n") }
    }

    /// Removes the line that renews itself.
    func clear() { if isTerminal { write("\r\u{1B}[K") } }

    private static func line(_ status: FleetStatus.Counts, _ traffic: Traffic.Counts) -> String {
        let activities = FleetStatus.Activity.allCases.compactMap { activity in
            status.activities[activity].flatMap { $0 > 0 ? "\($0) \(activity.rawValue)" : nil }
        }
        let errors = traffic.errors.sorted { $0.key < $1.key }.map { "\($1) \($0)" }
        return [
            activities.joined(separator: ", "),
            "finished \(status.finished), left \(status.left), declined \(status.declined)",
            "\(megabytes(traffic.sent)) MB sent, \(megabytes(traffic.received)) received",
            "\(traffic.retries) retries",
            errors.isEmpty ? "" : "errors: " + errors.joined(separator: ", "),
        ].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// A number of bytes in megabytes.
func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1e6) }
