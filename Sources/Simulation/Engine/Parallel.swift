internal import Synchronization

/// The first item that no task has taken yet.
private final class Cursor: Sendable {
    private let position = Atomic(0)

    func advance(by count: Int) -> Int { position.add(count, ordering: .relaxed).oldValue }
}

/// Runs independent work on a fixed number of tasks. Which task takes which item is left to chance;
/// results are the same for any number of tasks.
struct Parallel: Sendable {
    /// The number of tasks.
    let threads: Int

    /// The results of `body` for 0 ..< `count`, in order.
    func map<Result: Sendable>(
        _ count: Int, chunk: Int = 16, _ body: @escaping @Sendable (Int) throws -> Result
    ) async throws -> [Result] {
        let pieces = try await reduce(
            count, chunk: chunk, into: [(first: Int, results: [Result])]()
        ) { pieces, index in
            let result = try body(index)
            if index % chunk == 0 { pieces.append((index, [])) }
            pieces[pieces.count - 1].results.append(result)
        }
        return pieces.flatMap { $0 }.sorted { $0.first < $1.first }.flatMap(\.results)
    }

    /// Folds 0 ..< `count` into one accumulator per task, which the caller combines. `body` must be
    /// such that neither the order nor the division matters.
    func reduce<Accumulator: Sendable>(
        _ count: Int, chunk: Int = 16, into initial: Accumulator,
        _ body: @escaping @Sendable (inout Accumulator, Int) throws -> Void
    ) async throws -> [Accumulator] {
        let cursor = Cursor()
        return try await withThrowingTaskGroup(of: Accumulator.self) { group in
            for _ in 0..<max(1, min(threads, (count + chunk - 1) / chunk)) {
                group.addTask {
                    var accumulator = initial
                    while true {
                        let first = cursor.advance(by: chunk)
                        guard first < count else { return accumulator }
                        try Task.checkCancellation()
                        for index in first..<min(first + chunk, count) {
                            try body(&accumulator, index)
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
