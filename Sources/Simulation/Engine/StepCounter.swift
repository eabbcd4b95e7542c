internal import Synchronization

/// Counts the devices of a step from any task and reports now and then.
final class StepCounter: Sendable {
    private let done = Atomic(0)
    private let total: Int
    private let report: @Sendable (_ step: String, _ done: Int, _ total: Int) -> Void

    init(total: Int, report: @escaping @Sendable (String, Int, Int) -> Void) {
        self.total = total
        self.report = report
    }

    func countOne(_ step: String) {
        let now = done.add(1, ordering: .relaxed).newValue
        if now % 64 == 0 || now == total { report(step, now, total) }
    }
}
