public import FederatedProtocol

/// What became of a round that a device was offered, for its owner to see.
public struct RoundReport: Sendable, Hashable, Codable {
    /// The task's name; its first 256 bytes where it is kept.
    public var task: String
    /// The number of the round.
    public var round: Int
    /// What was summed; the first 256 bytes of its name where it is kept.
    public var query: String
    /// When it was offered, in seconds since 1970 (UTC).
    public var time: Int64
    /// What came of it.
    public var result: Result

    /// The ends of a round, as a device sees them.
    public enum Result: Sendable, Hashable, Codable {
        /// It was charged. It is going on, or the process died in it; the charge stays.
        case joined
        /// The device did all its part; whether the sum came about is in the ledger.
        case finished
        /// The device did not join: nothing was charged or sent.
        case declined(reason: String)
        /// The device left after a step. The charge stays.
        case left(after: DeviceStep, reason: String)
    }

    var isDeclined: Bool {
        if case .declined = result { true } else { false }
    }

    /// The report with texts of a bounded length: a coordinator chooses the names.
    var cut: RoundReport {
        var report = self
        report.task = Self.cut(task, to: 256)
        report.query = Self.cut(query, to: 256)
        switch result {
        case .joined, .finished: break
        case .declined(let reason):
            report.result = .declined(reason: Self.cut(reason, to: 1024))
        case .left(let step, let reason):
            report.result = .left(after: step, reason: Self.cut(reason, to: 1024))
        }
        return report
    }

    /// The scalars of `text` that fit into a number of bytes of UTF-8.
    private static func cut(_ text: String, to byteCount: Int) -> String {
        guard text.utf8.count > byteCount else { return text }
        var (cut, room) = (String.UnicodeScalarView(), byteCount)
        for scalar in text.unicodeScalars {
            room -= scalar.utf8.count
            if room < 0 { break }
            cut.append(scalar)
        }
        return String(cut)
    }
}
