internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Why a server cannot be reached, as far as a client of it can know: what a library says of it, in
/// words for people.
package struct ConnectionFailure: CustomStringConvertible {
    /// The cause and, where there is one, the remedy; it follows the server's address.
    package let description: String

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .deadlineExceeded, .readTimeout,
    ]

    /// What happened at the first address of a host; its name, where that has none.
    private static func cause(of error: any Error) -> any Error {
        (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
    }

    /// Reads an error of AsyncHTTPClient, or of what is below it.
    package init(_ error: any Error) {
        description =
            switch Self.cause(of: error) {
            case let error as IOError where error.errnoCode == ECONNREFUSED:
                "nobody listens there; is the coordinator running?"
            case let error as IOError: String(cString: strerror(error.errnoCode))
            case is NIOConnectionError, is SocketAddressError.UnknownHost:
                "no such host is known; is the address right?"
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
                "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
                    ? "its certificate is not trusted; does it name this host, and who signed it?"
                    : "it does not speak TLS as it should; is it http, not https?"
            case let error as HTTPClientError where error == .remoteConnectionClosed:
                "it closed the connection; is it https, not http?"
            case let error as HTTPClientError where Self.timeouts.contains(error):
                "it took too long"
            default: "\(error)"
            }
    }
}
