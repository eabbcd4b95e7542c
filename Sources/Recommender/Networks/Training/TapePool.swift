import Learning
internal import Synchronization

/// Tapes that hold the same shared parameters, lent to one task at a time.
final class TapePool: Sendable {
    // Whoever takes a tape out of the pool is the only one to use it.
    private struct Idle: @unchecked Sendable { let tape: Tape }

    let layout: ParameterLayout
    /// The values of the shared parameters.
    let shared: [Float]
    private let idle = Mutex<[Idle]>([])

    init(_ layout: ParameterLayout, shared: [Float]) {
        precondition(shared.count == layout.count(.shared))
        self.layout = layout
        self.shared = shared
    }

    /// Runs `body` with a tape that holds the shared parameters and one person's personal ones.
    ///
    /// - Parameters:
    ///   - personal: The personal parameters; where their number is wrong, as on a device that has
    ///     none yet, those of the layout's start.
    ///   - seed: Seeds what the tape draws.
    ///   - body: May change the parameters; the next borrower does not see it.
    func withTape<Result>(
        personal: [Float], seed: UInt64, _ body: (Tape) -> Result
    ) -> Result {
        let tape: Tape
        if let idle = idle.withLock({ $0.popLast() }) {
            tape = idle.tape
        } else {
            tape = Tape(layout, seed: 0)
            tape.parameters.write(shared, .shared)
        }
        tape.random = SplitMix64(seed: seed)
        let isOwn = personal.count == layout.count(.personal)
        tape.parameters.write(
            isOwn ? personal : layout.start(.personal, seed: seed), .personal)
        let result = body(tape)
        tape.parameters.restore(shared)
        let returned = Idle(tape: tape)
        idle.withLock { $0.append(returned) }
        return result
    }
}
