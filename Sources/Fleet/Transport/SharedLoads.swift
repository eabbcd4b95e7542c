/// Values that many devices of one process need at the same time and that are loaded once for all of
/// them. The last few are kept.
package actor SharedLoads<Key: Hashable & Sendable, Value: Sendable> {
    private typealias Waiter = CheckedContinuation<Value, any Error>

    private enum Entry {
        case loading(Task<Void, Never>, waiters: [Int: Waiter])
        case loaded(Value)
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    /// The loaded keys, the one used last at the end.
    private var order: [Key] = []
    private var nextWaiter = 0

    /// - Parameter capacity: How many values are kept.
    package init(capacity: Int) { self.capacity = capacity }

    /// The value of a key. A load that fails is forgotten, so that the next to ask tries again; one
    /// that nobody waits for any longer is cancelled.
    package func value(
        _ key: Key, loading load: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        if case .loaded(let value) = entries[key] {
            use(key)
            return value
        }
        let waiter = nextWaiter
        nextWaiter += 1
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard !Task.isCancelled else {
                    continuation.resume(throwing: CancellationError())
                    return
                }
                join(key, waiter, continuation, load)
            }
        } onCancel: {
            Task { await self.cancel(key, waiter) }
        }
    }

    private func join(
        _ key: Key, _ waiter: Int, _ continuation: Waiter,
        _ load: @escaping @Sendable () async throws -> Value
    ) {
        switch entries[key] {
        case .loaded(let value): continuation.resume(returning: value)
        case .loading(let task, var waiters):
            waiters[waiter] = continuation
            entries[key] = .loading(task, waiters: waiters)
        case nil:
            let task = Task {
                let result: Result<Value, any Error>
                do { result = .success(try await load()) } catch { result = .failure(error) }
                finish(key, result)
            }
            entries[key] = .loading(task, waiters: [waiter: continuation])
        }
    }

    private func finish(_ key: Key, _ result: Result<Value, any Error>) {
        // Where everybody had left, there is a new load by now, or nothing.
        guard !Task.isCancelled, case .loading(_, let waiters) = entries[key] else { return }
        entries[key] = nil
        if case .success(let value) = result {
            entries[key] = .loaded(value)
            use(key)
        }
        for waiter in waiters.values { waiter.resume(with: result) }
    }

    private func cancel(_ key: Key, _ waiter: Int) {
        guard case .loading(let task, var waiters) = entries[key],
            let continuation = waiters.removeValue(forKey: waiter)
        else { return }
        entries[key] = .loading(task, waiters: waiters)
        if waiters.isEmpty {
            task.cancel()
            entries[key] = nil
        }
        continuation.resume(throwing: CancellationError())
    }

    private func use(_ key: Key) {
        order.removeAll { $0 == key }
        order.append(key)
        if order.count > capacity { entries[order.removeFirst()] = nil }
    }
}
