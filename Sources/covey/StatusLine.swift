import Foundation
import Synchronization

/// What a long command is doing, on standard error: one line that renews itself on a terminal, lines
/// that stay elsewhere.
final class StatusLine: Sendable {
    /// Whether somebody looks at a terminal.
    let isTerminal = isatty(STDERR_FILENO) == 1
    private let renewed = Mutex(Date.distantPast)

    /// Renews the line on a terminal, at most ten times a second.
    func renew(_ text: String) {
        guard isTerminal else { return }
        let now = Date()
        let isDue = renewed.withLock { last in
            guard now.timeIntervalSince(last) > 0.1 else { return false }
            last = now
            return true
        }
        if isDue { write("\r\u{1B}[K" + text) }
    }

    /// Says that other work has begun: on a terminal until the next line, else for good.
    func announce(_ text: String) { write(isTerminal ? "\r\u{1B}[K" + text : text + "\n") }

    /// Writes a line that stays.
    func keep(_ text: String) { write((isTerminal ? "\r\u{1B}[K" : "") + text + "\n") }

    /// Removes the line that renews itself.
    func clear() { if isTerminal { write("\r\u{1B}[K") } }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
