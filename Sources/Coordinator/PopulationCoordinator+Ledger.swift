package import FederatedProtocol
internal import Foundation
internal import PrivacyLedger
internal import Recommender
internal import Sodium

extension PopulationCoordinator {
    /// Looks whether the leader has added to the ledger, where that is another process.
    func refresh() async throws(CallError) {
        guard lease == nil else { return }
        let running = refreshing ?? Task { try await readLedger() }
        refreshing = running
        try await answering { try await running.value }
    }

    private func readLedger() async throws {
        defer { refreshing = nil }
        let (name, key, size) = (log.name, key, log.byteCount)
        guard try await !store.ledger(from: size).isEmpty else { return }
        let bytes = try await store.ledger(from: 0)
        // Checking all of it takes its time.
        let read = try await Task.detached { try LedgerLog(bytes: bytes, name: name, key: key) }
            .value
        // Meanwhile this coordinator may have begun to lead.
        if lease == nil, read.byteCount > log.byteCount { log = read }
    }

    package func getCheckpoint() async throws(CallError) -> Covey_V1_GetCheckpointResponse {
        try await refresh()
        var response = Covey_V1_GetCheckpointResponse()
        response.checkpoint = log.checkpoint?.note.string ?? ""
        return response
    }

    package func getConsistencyProof(
        _ request: Covey_V1_GetConsistencyProofRequest
    ) async throws(CallError) -> Covey_V1_GetConsistencyProofResponse {
        try await refresh()
        let size = log.checkpoint?.size ?? 0
        let to = request.to == 0 ? size : Int(clamping: request.to)
        let from = Int(clamping: request.from)
        guard let proof = log.consistency(from: from, to: to) else {
            throw CallError(
                .outOfRange,
                "no proof from \(from) to \(to) entries: the ledger has \(size)")
        }
        var response = Covey_V1_GetConsistencyProofResponse()
        response.proof = proof.map { Bytes($0) }
        return response
    }

    package func getInclusionProof(
        _ request: Covey_V1_GetInclusionProofRequest
    ) async throws(CallError) -> Covey_V1_GetInclusionProofResponse {
        try await refresh()
        guard let inclusion = try? log.inclusion(of: Int(clamping: request.index)) else {
            throw CallError(
                .outOfRange,
                "no entry \(request.index): the ledger has \(log.checkpoint?.size ?? 0)")
        }
        var response = Covey_V1_GetInclusionProofResponse()
        response.checkpoint = log.checkpoint?.note.string ?? ""
        response.inclusion = Covey_V1_LedgerInclusion(inclusion)
        return response
    }

    package func ledgerByteCount() async throws(CallError) -> Int {
        try await refresh()
        return log.byteCount
    }

    package func ledger(from offset: Int) async throws(CallError) -> [UInt8] {
        guard offset >= 0 else { throw CallError(.outOfRange, "a ledger begins at byte 0") }
        return try await answering { try await self.store.ledger(from: offset) }
    }

    package func snapshotByteCount(_ hash: [UInt8]) async throws(CallError) -> Int {
        try await refuseCheckpoint(hash)
        guard let count = try await answering({ try await self.store.snapshotByteCount(hash) })
        else { throw Self.noSnapshot }
        return count
    }

    package func snapshot(_ hash: [UInt8]) async throws(CallError) -> [UInt8] {
        try await refuseCheckpoint(hash)
        guard let bytes = try await answering({ try await self.store.snapshot(hash) }) else {
            throw Self.noSnapshot
        }
        return bytes
    }

    /// A checkpoint of training holds every sum that was ever revealed, and nobody needs it.
    private func refuseCheckpoint(_ hash: [UInt8]) async throws(CallError) {
        let all =
            lease == nil
            ? try await answering { try await self.store.tasks() } : tasks.map(\.stored)
        guard !all.contains(where: { $0.checkpoint == hash }) else { throw Self.noSnapshot }
    }

    private static var noSnapshot: CallError {
        CallError(.notFound, "no such snapshot; that of a round goes with the round")
    }

    package func modelHash(of task: String) async throws(CallError) -> [UInt8] {
        let stored = try await storedTask(task)
        guard !stored.model.isEmpty else {
            throw CallError(
                .notFound, "task \(task.debugDescription) has no model yet; wait for a round to end"
            )
        }
        return stored.model
    }

    /// A task by its name, whoever leads.
    func storedTask(_ name: String) async throws(CallError) -> StoredTask {
        if let index = place(of: name) { return tasks[index].stored }
        let all = try await answering { try await self.store.tasks() }
        guard let task = all.first(where: { $0.name == name }) else {
            throw CallError(
                .notFound, "no task \(name.debugDescription); ListTasks names those there are")
        }
        return task
    }
}
