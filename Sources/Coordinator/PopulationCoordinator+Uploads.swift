package import FederatedProtocol
internal import Foundation
internal import Logging

extension PopulationCoordinator {
    package func maskedInputByteCount(
        session: [UInt8], ticket: String?, device identity: [UInt8]
    ) async throws(CallError) -> Int {
        if let ticket {
            return try read(ticket, session: session, device: identity).maskedInputByteCount
        }
        if let accepted = endings[session]?.accepted, accepted.hasMaskedInput(of: identity) {
            return accepted.maskedInputByteCount
        }
        guard let round = tasks[try task(of: session)].round else {
            throw CallError(.failedPrecondition, "the round is over")
        }
        try round.live.expectMasked(from: identity)
        return round.live.maskedInputByteCount
    }

    private func read(
        _ ticket: String, session: [UInt8], device identity: [UInt8]
    ) throws(CallError) -> UploadTicket {
        let ticket = try UploadTicket(text: ticket, key: uploadKey, now: clock.wall())
        guard ticket.session == session, ticket.replica == configuration.replica.name,
            ticket.identity == identity
        else {
            throw CallError(
                .permissionDenied,
                "the upload address is of another round, coordinator or device")
        }
        return ticket
    }

    package func submitMaskedInput(
        _ message: [UInt8], session: [UInt8], ticket: String?, device identity: [UInt8]
    ) async throws(CallError) {
        // The part that takes longest needs nothing of the round.
        let upload = try await Task.detached { Result { try MaskedUpload(message) } }.value
            .mapError { $0 as? CallError ?? CallError(.internal, "\($0)") }.get()
        guard let ticket else {
            if let accepted = endings[session]?.accepted,
                accepted.contains(upload.digest, in: .masking, from: identity)
            {
                return  // Once more, after the round's end.
            }
            let index = try task(of: session)
            try tasks[index].round?.live.submitMasked(upload, from: identity)
            move(tasks[index].name)
            return
        }
        let read = try read(ticket, session: session, device: identity)
        var collector = collectors.removeValue(forKey: session) ?? Collector(for: read)
        defer { collectors[session] = collector }
        try collector.submit(upload, ticket: read, from: identity)
    }

    /// Forgets sums of others whose tickets hold no longer: where nobody closed one, its leader is gone.
    func forgetExpiredSums() {
        let now = clock.wall()
        collectors = collectors.filter { $0.value.expires > now }
    }

    /// Tells the leaders of rounds what was collected here, and hands in what they have closed.
    func standBy() async {
        for (session, collector) in collectors where !collector.isHandedIn {
            do {
                if collector.reported != collector.count {
                    try await store.reportCollected(
                        collector.count, session: session, replica: configuration.replica.name)
                    collectors[session]?.reported = collector.count
                }
                guard try await store.isCollectionClosed(session: session) else { continue }
                // From here on nothing more is taken, so that what is handed in is all there is.
                guard let partial = collectors[session]?.close() else { continue }
                try await store.handIn(partial)
                collectors[session]?.forgetSum()
            } catch {
                logger.error("a partial sum waits", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Closes the collection of a sum and waits until all that collected have handed in, or are gone.
    func handedIn(session: [UInt8]) async -> [PartialSum] {
        let end = clock.monotonic() + 5000
        var partials: [PartialSum] = []
        repeat {
            do {
                try await store.closeCollection(session: session)
                let collected = try await store.collected(session: session)
                partials = try await store.partialSums(session: session)
                let isComplete = collected.allSatisfy { name, count in
                    count == 0 || name == configuration.replica.name
                        || partials.contains { $0.replica == name }
                }
                if isComplete { return partials }
            } catch {
                logger.error("partial sums wait", metadata: ["reason": "\(error)"])
            }
            try? await Task.sleep(for: .milliseconds(50))
        } while clock.monotonic() < end
        return partials
    }
}
