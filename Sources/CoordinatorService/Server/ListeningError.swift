internal import Foundation

/// Why connections cannot be accepted.
package struct ListeningError: Error, Equatable, CustomStringConvertible {
    /// The addresses, one of which cannot be used.
    package let listeners: [String]
    /// The system's error number.
    package let code: Int32

    /// The cause and the remedy, in one line.
    package var description: String {
        let reason =
            switch code {
            case EADDRINUSE: "the port is taken; end who has it, or choose another"
            case EADDRNOTAVAIL: "this machine has no such address"
            case EACCES: "this port needs more rights; choose one from 1024 on"
            default: "error \(code) of the system"
            }
        return "cannot listen on \(listeners.joined(separator: " and ")): \(reason)"
    }
}
