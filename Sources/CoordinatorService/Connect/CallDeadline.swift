internal import FederatedProtocol

/// The moment by which a caller wants its answer (Connect protocol, "Connect-Timeout-Ms").
struct CallDeadline {
    private let moment: ContinuousClock.Instant

    /// Reads the header: a number of milliseconds in at most ten digits.
    init(milliseconds text: String, from now: ContinuousClock.Instant) throws(CallError) {
        guard (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            let milliseconds = Int(text)
        else {
            throw CallError(
                .invalidArgument,
                "connect-timeout-ms takes at most ten digits, a number of milliseconds")
        }
        moment = now + .milliseconds(milliseconds)
    }

    /// The result of `work`, or `deadline_exceeded` at the deadline. The work itself is cancelled but
    /// not waited for: the caller does not wait either.
    func answer<Answer: Sendable>(
        _ work: @escaping @Sendable () async throws(CallError) -> Answer
    ) async throws(CallError) -> Answer {
        let (results, source) = AsyncStream.makeStream(of: Result<Answer, CallError>.self)
        let working = Task {
            do throws(CallError) {
                source.yield(.success(try await work()))
            } catch {
                source.yield(.failure(error))
            }
        }
        let waiting = Task { [moment] in
            try await Task.sleep(until: moment, clock: .continuous)
            source.yield(
                .failure(CallError(.deadlineExceeded, "not done by the time the caller gave")))
        }
        defer {
            working.cancel()
            waiting.cancel()
        }
        for await result in results { return try result.get() }
        throw CallError(.canceled, "the call was given up")
    }
}
