import Dispatch
import Foundation
import Simulation

/// Lets the first Ctrl-C, or a request to terminate, end the run cleanly; the second ends the process.
final class InterruptSignal {
    private var sources: [any DispatchSourceSignal] = []

    init(raising interruption: Interruption) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if interruption.isRequested {
                    signal(number, SIG_DFL)
                    raise(number)
                }
                interruption.request()
                FileHandle.standardError.write(
                    Data(
                        "\ncovey-fleet: the devices leave their rounds; again to stop at once\n"
                            .utf8))
            }
            source.resume()
            sources.append(source)
        }
    }

    func cancel() { for source in sources { source.cancel() } }
}
