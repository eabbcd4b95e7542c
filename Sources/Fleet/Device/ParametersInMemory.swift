internal import Synchronization

/// The private parameters of a fleet's devices, for judging models as a simulation would: the stores
/// that hold them are busy while their devices are in rounds. They go nowhere from here.
package final class ParametersInMemory: Sendable {
    private struct Key: Hashable {
        let task: String
        let device: Int
    }

    private let values = Mutex([Key: [Float]]())

    package init() {}

    func set(_ parameters: [Float], of device: Int, for task: String) {
        values.withLock { $0[Key(task: task, device: device)] = parameters }
    }

    /// What is known of a device; else what `body` finds, which is kept.
    func parameters(
        of device: Int, for task: String, orElse body: () throws -> [Float]
    ) rethrows -> [Float] {
        let key = Key(task: task, device: device)
        if let known = values.withLock({ $0[key] }) { return known }
        let found = try body()
        values.withLock { values in
            if values[key] == nil { values[key] = found }
        }
        return found
    }
}
