internal import FederatedProtocol

/// Why a simulation in virtual time cannot begin or go on.
package enum VirtualTimeError: Error, Equatable, CustomStringConvertible {
    /// A trace cannot be read.
    case unreadableTrace(path: String, columns: [String])
    /// A trace has a header and nothing else, or nothing at all.
    case emptyTrace(path: String, columns: [String])
    /// A line of a trace is not what it should be.
    case badTrace(path: String, line: Int, field: String, value: String, expected: String)
    /// The cohort policy does not fit asynchronous rounds.
    case coinsAreSynchronous
    /// A round did not come about in time.
    case noRound(days: Double, present: Int, needed: Int)
    /// Attempts at a round failed again and again.
    case attemptsFailed(count: Int, step: String, left: Int, needed: Int)
    /// No device comes any more.
    case nobodyComes

    /// The cause and the remedy, in one line.
    package var description: String {
        switch self {
        case .unreadableTrace(let path, let columns):
            "\(path): there is no such file, or it cannot be read; give a CSV file with the columns "
                + columns.joined(separator: ", ")
        case .emptyTrace(let path, let columns):
            "\(path): the trace has no lines; give a CSV file with the columns "
                + columns.joined(separator: ", ")
        case .badTrace(let path, let line, let field, let value, let expected):
            "\(path), line \(line): '\(field)' cannot be '\(value)'; it takes \(expected)"
        case .coinsAreSynchronous:
            "asynchronous rounds sum those that have finished, not those whose coins say so: choose "
                + "cohort.selection 'everyone', 'rotation' or 'limited', or time.model 'synchronous'"
        case .noRound(let days, let present, let needed):
            "no round came about in \(days) days: \(present) of \(needed) devices were there in the end; "
                + "raise phones.nightShare or time.gatheringSeconds, lower the cohort, or choose "
                + "cohort.selection 'limited' with enough cohort.participations"
        case .attemptsFailed(let count, let step, let left, let needed):
            "\(count) attempts at a round failed, the last one with \(left) devices after '\(step)' where "
                + "\(needed) are needed; raise time.\(step)Seconds, time.checkInsPerSecond (devices come "
                + "back sooner), cohort.toleratedDropout, or set time.hold"
        case .nobodyComes:
            "no device comes any more; check phones.availability and its trace"
        }
    }
}
