package import FederatedProtocol
internal import Foundation
internal import Logging
internal import PrivacyLedger
internal import SecureAggregation
internal import Sodium

extension PopulationCoordinator: CoordinatorCalls {
    package func authenticate(_ bearer: String) throws(CallError) -> [UInt8] {
        try bearers.check(bearer, now: clock.wall())
    }

    // MARK: Enrolment

    package func describe() async throws(CallError) -> Covey_V1_DescribeResponse {
        try await refresh()
        var random = SystemRandomness()
        var response = Covey_V1_DescribeResponse()
        if let first = try? log.inclusion(of: 0) { response.opening = Bytes(first.entry) }
        response.checkpoint = log.checkpoint?.note.string ?? ""
        response.enrolment =
            switch configuration.enrolment {
            case .open: .open
            case .token: .token
            }
        response.time = clock.wall()
        response.challenge = Bytes(challenges.issue(now: response.time, from: &random))
        return response
    }

    package func enrol(
        _ request: Covey_V1_EnrolRequest
    ) async throws(CallError) -> Covey_V1_EnrolResponse {
        let identity = [UInt8](request.identity)
        let now = clock.wall()
        try challenges.check(
            identity: identity, challenge: [UInt8](request.challenge),
            signature: [UInt8](request.signature), origin: configuration.origin, now: now)
        let number = try await number(enrolling: identity, token: request.token, at: now)
        let issued = bearers.issue(to: identity, now: now)
        var response = Covey_V1_EnrolResponse()
        response.bearer = issued.text
        response.expires = issued.expires
        response.number = UInt64(number)
        return response
    }

    /// The number of a device, which is enrolled where it is not yet.
    private func number(
        enrolling identity: [UInt8], token: String, at now: Int64
    ) async throws(CallError) -> Int {
        if let number = registry.number(of: identity) { return number }
        let request: EnrolmentRequest
        switch configuration.enrolment {
        case .open: request = EnrolmentRequest(identity: identity)
        case .token:
            // One that is enrolled already needs no token; the store knows.
            request = EnrolmentRequest(
                identity: identity, tokenHash: EnrolmentTokens.hash(token))
        }
        let results = try await answering { try await store.enrol([request], at: now) }
        guard case .enrolled(let device) = results.first else {
            throw CallError(
                .permissionDenied,
                "the enrolment token is unknown, used or expired; ask the operator for another")
        }
        registry.add([device])
        return device.number
    }

    // MARK: Rounds

    package func checkIn(
        _ request: Covey_V1_CheckInRequest, device identity: [UInt8]
    ) async throws(CallError) -> Covey_V1_CheckInResponse {
        var response = Covey_V1_CheckInResponse()
        guard lease != nil else {
            response.wait = Covey_V1_Wait(
                200...1000, "another coordinator leads", at: leader?.url ?? "")
            return response
        }
        let number = try await knownNumber(of: identity)
        let now = clock.monotonic()
        registry.see(number, at: now)
        for task in tasks {
            guard let round = task.round, round.live.isOffered(to: identity) else { continue }
            response.offer = try offer(round, to: identity, knowing: request.knownSize)
            return response
        }
        response.wait = nextVisit(of: number, at: now)
        return response
    }

    /// The number of a device with a valid token; it may have enrolled elsewhere.
    private func knownNumber(of identity: [UInt8]) async throws(CallError) -> Int {
        if let number = registry.number(of: identity) { return number }
        try await answering { try await self.readDevices() }
        guard let number = registry.number(of: identity) else {
            throw CallError(.unauthenticated, "this device is not enrolled; call Enrol")
        }
        return number
    }

    /// When a device for which there is no round is to come again: soon, if it is one of those that are
    /// kept near for the next one.
    private func nextVisit(of device: Int, at now: Int64) -> Covey_V1_Wait {
        guard !isDraining else {
            return Covey_V1_Wait(2000...10_000, "this coordinator is going down")
        }
        let hasRounds: Set<StoredTask.State> = [.gathering, .active]
        var (isNear, chosen) = (false, 0)
        for index in tasks.indices where hasRounds.contains(tasks[index].stored.state) {
            guard let reserve = reserve(of: tasks[index]) else { continue }
            chosen += reserve
            if tasks[index].isDue(device),
                tasks[index].near.keep(
                    device, at: now, since: now - presence, most: reserve)
            {
                isNear = true
            }
        }
        let active = registry.activeCount(at: now)
        let waiting = tasks.filter { hasRounds.contains($0.stored.state) }
        let isSoon = waiting.contains { $0.round == nil }
        let window = PaceSteering(checkInsPerSecond: configuration.checkInsPerSecond).wait(
            present: isNear ? min(active, chosen) : active,
            nextRound: isSoon ? waiting.map { $0.nextRound - now }.min() : nil)
        return Covey_V1_Wait(
            window.earliest...window.latest,
            waiting.isEmpty ? "no task has rounds now" : "no round needs this device now")
    }

    /// How many devices are kept near for a task; nil where its rounds do not ask who is. In a rehearsal
    /// the seed says whom they invite.
    func reserve(of task: RunningTask) -> Int? {
        configuration.isRehearsal ? nil : task.reserve
    }

    private func offer(
        _ round: ActiveRound, to identity: [UInt8], knowing size: UInt64
    ) throws(CallError) -> Covey_V1_Offer {
        do {
            guard let checkpoint = log.checkpoint,
                let task = try log.inclusion(of: round.taskIndex),
                let plan = try log.inclusion(of: round.planIndex),
                let membership = try round.commitment.membership(of: identity),
                let number = round.roster.number(of: identity)
            else { throw CallError(.internal, "the round is not in the ledger") }
            let known = Int(clamping: size)
            let consistency = known == 0 ? [] : log.consistency(from: known)
            guard let consistency else {
                throw CallError(
                    .failedPrecondition,
                    "the device knows a ledger of \(known) entries, and this one has "
                        + "\(checkpoint.size): it was restored from an old backup, or is another")
            }
            return Covey_V1_Offer(
                try RoundOffer(
                    checkpoint: checkpoint, consistency: consistency, task: task, plan: plan,
                    membership: membership, member: round.roster.member(number),
                    rosterRoot: round.roster.root, graph: round.parameters.graph,
                    committee: round.parameters.committee),
                broadcast: round.broadcast, coordinator: configuration.replica.url)
        } catch let error as CallError { throw error } catch {
            logger.error("an offer is not made", metadata: ["reason": "\(error)"])
            throw CallError(
                .internal, "the round cannot be offered; the coordinator's log says why")
        }
    }

    package func submitMessage(
        _ request: Covey_V1_SubmitMessageRequest, device identity: [UInt8]
    ) async throws(CallError) -> Covey_V1_SubmitMessageResponse {
        let (session, message) = ([UInt8](request.session), [UInt8](request.message))
        if let accepted = endings[session]?.accepted, let step = RoundStep(ofMessage: message),
            accepted.contains(MessageDigest(of: message), in: step, from: identity)
        {
            return Covey_V1_SubmitMessageResponse()  // Once more, after the round's end.
        }
        let index = try task(of: session)
        try tasks[index].round?.live.submit(message, from: identity)
        move(tasks[index].name)
        return Covey_V1_SubmitMessageResponse()
    }

    /// The task whose round a session is.
    func task(of session: [UInt8]) throws(CallError) -> Int {
        guard let name = sessions[session], let index = place(of: name),
            tasks[index].round?.plan.session == session
        else {
            throw CallError(
                .failedPrecondition,
                endings[session].map { "the round is over: \($0.reason)" }
                    ?? "no such round is under way here; check in")
        }
        return index
    }

    package func receiveMessage(
        _ request: Covey_V1_ReceiveMessageRequest, device identity: [UInt8]
    ) async throws(CallError) -> Covey_V1_ReceiveMessageResponse {
        let session = [UInt8](request.session)
        var response = Covey_V1_ReceiveMessageResponse()
        guard let name = sessions[session], let index = place(of: name),
            let round = tasks[index].round
        else {
            let ending = endings[session]
            response.ended.completed = ending?.completed ?? false
            response.ended.reason = ending?.reason ?? "no such round is under way here"
            return response
        }
        if let number = registry.number(of: identity) {
            registry.see(number, at: clock.monotonic())
        }
        switch try round.live.receive(
            after: Int(request.after), by: identity, now: clock.monotonic())
        {
        case .wait(let earliest, let latest):
            response.wait = Covey_V1_Wait(earliest...max(earliest, latest), "the step goes on")
        case .message(let bytes):
            response.message.message = Bytes(bytes)
            if bytes.first == UInt8(DeliveredShares.kind) {
                response.message.upload = try uploadAddress(index, session, identity)
            }
        case .ended(let completed, let reason):
            response.ended.completed = completed
            response.ended.reason = reason
        }
        return response
    }

    /// Where a device sends its masked input: to this coordinator, or to one of the others in turn.
    private func uploadAddress(
        _ index: Int, _ session: [UInt8], _ identity: [UInt8]
    ) throws(CallError) -> String {
        let path = "/v1/sums/\(hexadecimal(session))/masked-inputs"
        let all = replicas.isEmpty ? [configuration.replica] : replicas
        let number = registry.number(of: identity) ?? 0
        let preferred = all[number % all.count]
        guard
            let settled = try tasks[index].round?.live.settleUpload(
                of: identity, at: preferred.name),
            settled != configuration.replica.name,
            let other = all.first(where: { $0.name == settled }),
            let ticket = try tasks[index].round?.live.uploadTicket(
                for: identity,
                expires: clock.wall() + configuration.schedule.milliseconds(of: .masking) + 60_000)
        else { return path }
        return other.url + path + "?ticket=" + ticket.text(key: uploadKey)
    }

    package func leaveRound(
        _ request: Covey_V1_LeaveRoundRequest, device identity: [UInt8]
    ) async throws(CallError) -> Covey_V1_LeaveRoundResponse {
        if let index = try? task(of: [UInt8](request.session)) {
            try tasks[index].round?.live.leave(identity)
            move(tasks[index].name)
        }
        return Covey_V1_LeaveRoundResponse()
    }

    // MARK: Store

    /// Runs what needs the store, and turns its errors into those of calls; the log has the details.
    func answering<Result: Sendable>(
        _ body: () async throws -> Result
    ) async throws(CallError) -> Result {
        do { return try await body() } catch let error as CallError { throw error } catch {
            logger.error("a call failed", metadata: ["reason": "\(error)"])
            throw CallError(error)
        }
    }
}

extension CallError {
    /// What callers are told of an error: what kind it is. The paths, hosts and names in it are for
    /// the log.
    init(_ error: any Error) {
        self =
            switch error {
            case StoreError.unavailable:
                CallError(.unavailable, "the store does not answer; try again")
            case StoreError.full: CallError(.unavailable, "the store is full; try again later")
            case StoreError.leaseLost, StoreError.ledgerMoved:
                CallError(.unavailable, "another coordinator leads by now; try again")
            case is StoreError:
                CallError(.internal, "the store cannot be used; the coordinator's log says why")
            default: CallError(.internal, "the coordinator failed; its log says how")
            }
    }
}

extension Covey_V1_Wait {
    init(_ window: ClosedRange<Int>, _ reason: String, at coordinator: String = "") {
        self.init()
        earliestMs = UInt32(clamping: window.lowerBound)
        latestMs = UInt32(clamping: window.upperBound)
        self.coordinator = coordinator
        self.reason = reason
    }
}
