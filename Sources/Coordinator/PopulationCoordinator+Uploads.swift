package import FederatedProtocol
internal import Foundation
internal import Logging

extension PopulationCoordinator {
    package func maskedInputByteCount(
        session: [UInt8], ticket: String?
    ) async throws(CallError) -> Int {
        if let ticket {
            return try UploadTicket(text: ticket, key: uploadKey, now: clock.wall())
                .maskedInputByteCount
        }
        guard let round = tasks[try task(of: session)].round else {
            throw CallError(.failedPrecondition, "the round is over")
        }
        return round.live.maskedInputByteCount
    }

    package func submitMaskedInput(
        _ message: [UInt8], session: [UInt8], ticket: String?, device identity: [UInt8]
    ) async throws(CallError) {
        // The part that takes longest needs nothing of the round.
        let upload = try await Task.detached { Result { try MaskedUpload(message) } }.value
            .mapError { $0 as? CallError ?? CallError(.internal, "\($0)") }.get()
        guard let ticket else {
            let index = try task(of: session)
            try tasks[index].round?.live.submitMasked(upload, from: identity)
            await move(tasks[index].name)
            return
        }
        let read = try UploadTicket(text: ticket, key: uploadKey, now: clock.wall())
        guard read.session == session, read.replica == configuration.replica.name else {
            throw CallError(
                .permissionDenied, "the upload address is of another round or coordinator")
        }
        var collector = collectors.removeValue(forKey: session) ?? Collector(for: read)
        defer { collectors[session] = collector }
        try collector.submit(upload, ticket: read, from: identity)
    }

    /// Tells the leaders of rounds what was collected here, and hands in what they have closed.
    func standBy() async {
        for session in collectors.keys {
            do {
                try await store.reportCollected(
                    collectors[session]?.count ?? 0, session: session,
                    replica: configuration.replica.name)
                guard try await store.isCollectionClosed(session: session) else { continue }
                // From here on nothing more is taken, so that what is handed in is all there is.
                guard let partial = collectors[session]?.close() else { continue }
                try await store.handIn(partial)
                collectors[session] = nil
            } catch {
                logger.error("a partial sum waits", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Closes the collection of a sum and waits until all that collected have handed in, or are gone.
    func handedIn(session: [UInt8]) async -> [PartialSum] {
        do {
            try await store.closeCollection(session: session)
            let end = clock.monotonic() + 5000
            while true {
                let collected = try await store.collected(session: session)
                let partials = try await store.partialSums(session: session)
                let missing = collected.filter { name, count in
                    count > 0 && name != configuration.replica.name
                        && !partials.contains { $0.replica == name }
                }
                if missing.isEmpty || clock.monotonic() >= end { return partials }
                try await Task.sleep(for: .milliseconds(50))
            }
        } catch {
            logger.error("partial sums are lost", metadata: ["reason": "\(error)"])
            return []
        }
    }
}
