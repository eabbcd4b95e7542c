internal import Dispatch
internal import Foundation
package import Simulation

/// Turns the first Ctrl-C, or request to terminate, into a request to stop cleanly; the second ends
/// the process at once.
package final class InterruptSignal {
    private var sources: [any DispatchSourceSignal] = []

    /// - Parameters:
    ///   - interruption: Raised by the first signal.
    ///   - note: Said then, on standard error.
    package init(raising interruption: Interruption, saying note: String) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if interruption.isRequested {
                    signal(number, SIG_DFL)
                    raise(number)
                }
                interruption.request()
                FileHandle.standardError.write(Data("\n\(note)\n".utf8))
            }
            source.resume()
            sources.append(source)
        }
    }

    /// Lets signals pass unnoticed from now on.
    package func cancel() { for source in sources { source.cancel() } }
}
