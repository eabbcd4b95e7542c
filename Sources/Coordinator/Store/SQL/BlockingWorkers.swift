internal import Dispatch
internal import Synchronization

/// A few threads that may wait, each with a resource of its own, such as a connection. Work is taken
/// up in the order in which it came.
final class BlockingWorkers<Resource: Sendable>: Sendable {
    private struct Worker: Sendable {
        let resource: Resource
        let queue: DispatchQueue
    }

    private typealias Job = @Sendable (Resource) -> Void

    private struct State {
        var idle: [Worker]
        // Taken from the front: `next` moves, and the places that it passed are dropped now and then.
        var waiting: [Job?] = []
        var next = 0
    }

    private let state: Mutex<State>

    /// Starts a worker for each resource. The queues are serial, as libdispatch gives each of those a
    /// thread, where all concurrent ones share as many as there are cores.
    init(_ label: String, _ resources: [Resource]) {
        let workers = resources.enumerated().map { index, resource in
            Worker(resource: resource, queue: DispatchQueue(label: "\(label) \(index)"))
        }
        state = Mutex(State(idle: workers.reversed()))
    }

    /// Runs `body` on the next free worker.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (Resource) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            submit { resource in continuation.resume(with: .init { try body(resource) }) }
        }
    }

    private func submit(_ job: @escaping Job) {
        let worker = state.withLock { state -> Worker? in
            if let worker = state.idle.popLast() { return worker }
            state.waiting.append(job)
            return nil
        }
        guard let worker else { return }
        worker.queue.async { self.work(worker, job) }
    }

    private func work(_ worker: Worker, _ job: Job) {
        job(worker.resource)
        while let job = nextJob(for: worker) { job(worker.resource) }
    }

    private func nextJob(for worker: Worker) -> Job? {
        state.withLock { state in
            guard state.next < state.waiting.count else {
                state.waiting.removeAll(keepingCapacity: true)
                state.next = 0
                state.idle.append(worker)
                return nil
            }
            let job = state.waiting[state.next]
            state.waiting[state.next] = nil
            state.next += 1
            if state.next == 1024 {
                state.waiting.removeFirst(state.next)
                state.next = 0
            }
            return job
        }
    }
}
