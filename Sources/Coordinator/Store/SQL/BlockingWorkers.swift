internal import Dispatch
internal import Synchronization

/// A few threads that may wait, each with a resource of its own, such as a connection. Work is taken
/// up in the order in which it came.
final class BlockingWorkers<Resource: Sendable>: Sendable {
    fileprivate struct Worker: Sendable {
        let resource: Resource
        let queue: DispatchQueue
    }

    fileprivate typealias Job = @Sendable (Resource) -> Void

    fileprivate struct State {
        var idle: [Worker]
        // Taken from the front: `next` moves, and the places that it passed are dropped now and then.
        var waiting: [Job?] = []
        var next = 0
        var isStopped = false
        var whoWaitForTheEnd: [CheckedContinuation<Void, Never>] = []
    }

    private enum Submission {
        case taken(by: Worker)
        case waiting
        case refused
    }

    private let count: Int
    private let state: Mutex<State>

    /// Makes a worker for each resource. The queues are serial, as libdispatch gives each of those a
    /// thread, where all concurrent ones share as many as there are cores.
    init(_ label: String, _ resources: [Resource]) {
        let workers = resources.enumerated().map { index, resource in
            Worker(resource: resource, queue: DispatchQueue(label: "\(label) \(index)"))
        }
        count = workers.count
        state = Mutex(State(idle: workers.reversed()))
    }

    /// Runs `body` on the next free worker.
    ///
    /// - Throws: ``StoreError/unavailable(_:)`` once the workers were stopped.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (Resource) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let job: Job = { resource in continuation.resume(with: .init { try body(resource) }) }
            switch submit(job) {
            case .taken(let worker): worker.queue.async { self.work(worker, job) }
            case .waiting: break
            case .refused:
                continuation.resume(throwing: StoreError.unavailable("this store was closed"))
            }
        }
    }

    /// Takes on no more work, and waits until all that was taken on is done.
    func stop() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                state.isStopped = true
                if state.idle.count == count { return true }
                state.whoWaitForTheEnd.append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    private func submit(_ job: @escaping Job) -> Submission {
        state.withLock { state in
            if state.isStopped { return .refused }
            if let worker = state.idle.popLast() { return .taken(by: worker) }
            state.waiting.append(job)
            return .waiting
        }
    }

    private func work(_ worker: Worker, _ job: Job) {
        job(worker.resource)
        while let job = nextJob(for: worker) { job(worker.resource) }
    }

    private func nextJob(for worker: Worker) -> Job? {
        let (job, whoWaited) = state.withLock {
            state -> (Job?, [CheckedContinuation<Void, Never>]) in
            if state.next < state.waiting.count { return (state.takeJob(), []) }
            state.waiting.removeAll(keepingCapacity: true)
            state.next = 0
            state.idle.append(worker)
            guard state.isStopped, state.idle.count == count else { return (nil, []) }
            defer { state.whoWaitForTheEnd = [] }
            return (nil, state.whoWaitForTheEnd)
        }
        for continuation in whoWaited { continuation.resume() }
        return job
    }
}

extension BlockingWorkers.State {
    fileprivate mutating func takeJob() -> BlockingWorkers.Job? {
        let job = waiting[next]
        waiting[next] = nil
        next += 1
        if next == 1024 {
            waiting.removeFirst(next)
            next = 0
        }
        return job
    }
}
