internal import Foundation

/// Why a call was refused: the error of the Connect protocol, which travels as JSON
/// (`{"code": "not_found", "message": "…"}`) with an HTTP status that follows from the code.
package struct CallError: Error, Hashable, Codable, CustomStringConvertible {
    /// Connect's codes (the same as those of gRPC).
    package enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        case canceled, unknown, aborted, unimplemented, `internal`, unavailable, unauthenticated
        case invalidArgument = "invalid_argument"
        case deadlineExceeded = "deadline_exceeded"
        case notFound = "not_found"
        case alreadyExists = "already_exists"
        case permissionDenied = "permission_denied"
        case resourceExhausted = "resource_exhausted"
        case failedPrecondition = "failed_precondition"
        case outOfRange = "out_of_range"
        case dataLoss = "data_loss"
    }

    /// What kind of error it is.
    package var code: Code
    /// The cause and the remedy, in one line.
    package var message: String

    /// Describes an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(message) (\(code.rawValue))" }

    /// Whether the same call may succeed later, unchanged.
    package var isTransient: Bool {
        switch code {
        case .unavailable, .resourceExhausted, .deadlineExceeded, .aborted: true
        default: false
        }
    }

    /// The status of the HTTP response (Connect protocol, "Error codes").
    package var httpStatus: Int {
        switch code {
        case .canceled: 499
        case .unknown, .internal, .dataLoss: 500
        case .invalidArgument, .failedPrecondition, .outOfRange: 400
        case .deadlineExceeded: 504
        case .notFound: 404
        case .alreadyExists, .aborted: 409
        case .permissionDenied: 403
        case .resourceExhausted: 429
        case .unimplemented: 501
        case .unavailable: 503
        case .unauthenticated: 401
        }
    }

    /// The code that an HTTP response without an error in its body stands for (Connect protocol,
    /// "HTTP to error code").
    package init(httpStatus: Int, message: String) {
        let code: Code =
            switch httpStatus {
            case 400: .internal
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404: .unimplemented
            case 429, 502, 503, 504: .unavailable
            default: .unknown
            }
        self.init(code, message)
    }
}
