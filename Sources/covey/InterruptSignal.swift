import Dispatch
import Foundation
import Simulation

/// Turns the first Ctrl-C into a request to stop cleanly; the second ends the process at once.
final class InterruptSignal {
    private let source: any DispatchSourceSignal

    init(raising interruption: Interruption) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            if interruption.isRequested {
                signal(SIGINT, SIG_DFL)
                raise(SIGINT)
            }
            interruption.request()
            FileHandle.standardError.write(
                Data("\ncovey: stopping after this step; press Ctrl-C again to stop at once\n".utf8)
            )
        }
        source.resume()
    }

    func cancel() { source.cancel() }
}
