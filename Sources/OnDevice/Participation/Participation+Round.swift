internal import FederatedProtocol
internal import PrivacyLedger
internal import Sodium

extension Participation {
    /// One round, from the offer on.
    func takePart(
        _ progress: @Sendable (DeviceStep) -> Void
    ) async throws -> ParticipationResult {
        let deadline = ContinuousClock.now + settings.roundTimeout
        let seen = try state.account?.record.checkpoint.map { text throws in
            try Checkpoint(text).size
        }
        let transport = transport
        guard
            let offer = try await step(
                until: deadline, { try await transport.offer(knowing: seen) })
        else { return .nothingOffered }
        let contributor = try await contributor(for: offer.plan, until: deadline)
        let conditions = await conditions()
        try Task.checkCancellation()
        // No suspension from here to the charge: what is found holds, and where another
        // participation comes in between all the same, nothing is stored or sent.
        try adopt()
        let found = try ownersHindrances() + settings.eligibility.hindrances(under: conditions)
        guard found.isEmpty, let account = state.account else { return .notNow(found) }
        var report = RoundReport(
            task: offer.task.name, round: offer.plan.round, query: offer.plan.query, time: time(),
            result: .joined)
        guard let contributor else {
            report.result = .declined(reason: "nothing on this device answers such a query")
            try change { $0.account?.report(report) }
            return .offered(report)
        }
        var terms = settings.terms
        terms.largestEpsilon = min(terms.largestEpsilon, cap)
        var round = DeviceRound(
            identity: identity, terms: terms, noise: SystemRandomness(), keys: SystemRandomness())
        switch try round.consider(offer, record: account.record) {
        case .decline(let reason, let observed):
            report.result = .declined(reason: reason.description)
            var new = state
            new.account?.record = observed
            new.account?.evidence += reason.evidence
            new.account?.report(report)
            try save(new)
            return .offered(report)
        case .charge(let charged):
            var new = state
            new.account?.record = charged
            new.account?.report(report)
            try save(new)
        }
        report.result = await drive(
            &round, offer.plan, contributor, until: deadline, progress: progress)
        // Where this cannot be stored, the round is remembered as joined, which is true.
        try? change { $0.account?.report(report) }
        return .offered(report)
    }

    private func contributor(
        for plan: RoundPlan, until deadline: ContinuousClock.Instant
    ) async throws -> (any RoundContributor)? {
        for contributor in contributors {
            let isAble = try await within(deadline) { await contributor.canContribute(to: plan) }
            if isAble { return contributor }
        }
        return nil
    }

    /// Takes a charged round to its end.
    private func drive(
        _ round: inout DeviceRound<SystemRandomness>, _ plan: RoundPlan,
        _ contributor: any RoundContributor, until deadline: ContinuousClock.Instant,
        progress: @Sendable (DeviceStep) -> Void
    ) async -> RoundReport.Result {
        let (transport, session) = (transport, plan.session)
        var step = round.step
        do {
            var effect = try round.recordIsDurable()
            while true {
                try await stay(until: deadline)
                switch effect {
                case .send(let message):
                    try await self.step(until: deadline) {
                        try await transport.send(message, in: session)
                    }
                    step = round.step
                    progress(step)
                    let next = try await self.step(until: deadline) {
                        try await transport.nextMessage(in: session)
                    }
                    try await stay(until: deadline)
                    guard let next else { throw Departure("the coordinator has ended the round") }
                    effect = try round.receive(next)
                case .contribute:
                    let vector = try await within(deadline) {
                        try await contributor.contribution(to: plan)
                    }
                    effect = try round.contribute(vector)
                case .finish(let message):
                    try await self.step(until: deadline) {
                        try await transport.send(message, in: session)
                    }
                    progress(.finished)
                    return .finished
                }
            }
        } catch {
            round.abandon()
            progress(.left)
            // Told from a task of its own, as this one may be cancelled, and not waited for.
            Task.detached { try? await transport.leave(session) }
            let reason = Task.isCancelled ? cancellationReason : "\(error)"
            return .left(after: step, reason: reason)
        }
    }

    /// Checks that the round may go on, as far as this and other participations know.
    private func stay(until deadline: ContinuousClock.Instant) async throws {
        try Task.checkCancellation()
        let conditions = await conditions()
        try adopt()
        let found =
            settings.eligibility.hindrances(under: conditions)
            + [consent.hindrance(at: time())].compactMap { $0 }
        if let first = found.first { throw Departure(first.description) }
        guard ContinuousClock.now < deadline else { throw Departure.roundTooLong }
        try Task.checkCancellation()
    }

    private var cancellationReason: String {
        consent.hindrance(at: time())?.description ?? "it was cancelled"
    }

    /// Runs what the coordinator has to answer, at the longest for one step and to the deadline.
    private func step<Result: Sendable>(
        until deadline: ContinuousClock.Instant,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let end = min(deadline, .now + settings.stepTimeout)
        return try await within(end, or: Departure("the coordinator took too long"), body)
    }

    /// Runs `body` to the end of a time, at which it is cancelled.
    private func within<Result: Sendable>(
        _ end: ContinuousClock.Instant, or departure: Departure = .roundTooLong,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(until: end, clock: .continuous)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw departure }
            return result
        }
    }
}

/// Why a round is left that nothing is wrong with.
private struct Departure: Error, CustomStringConvertible {
    static let roundTooLong = Departure("the round took too long")

    let description: String

    init(_ description: String) { self.description = description }
}

extension DeviceRoundError {
    /// The checkpoints that convict a ledger's owner, as text.
    fileprivate var evidence: [String] {
        guard case .refused(.splitView(.roots(let one, let other))) = self else { return [] }
        return [one.note.string, other.note.string]
    }
}
