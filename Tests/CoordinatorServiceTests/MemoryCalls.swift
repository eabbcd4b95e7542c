import Coordinator
import FederatedProtocol
import Foundation
import Synchronization

/// A coordinator of a few lines, so that the tests see what the service alone does.
final class MemoryCalls: CoordinatorCalls {
    /// What a test sets up, and what it finds afterwards.
    struct Content {
        var maskedInputByteCount = 1_000
        var maskedInputs: [[UInt8]] = []
        /// One of them is a model.
        var snapshots: [[UInt8]: [UInt8]] = [[UInt8](repeating: 0xCD, count: 32): [1, 2, 3]]
        var ledger = [UInt8]("the ledger".utf8)
        /// How often a snapshot or the ledger was read.
        var loads = 0
        var readiness = Readiness(isReady: true)
        var error: CallError?
        /// Whether calls wait, and do not hear of cancellation, as with a store that hangs.
        var isHeld = false
        var tasks: [Covey_V1_CreateTaskRequest] = []
        var devices: [[UInt8]] = []
        var checkpoint = "a checkpoint"
        /// How often it was asked for overview and readiness.
        var overviews = 0
        var readinesses = 0
    }

    let content = Mutex(Content())

    /// The tokens "device-0" to "device-255" stand for identities of 32 such bytes.
    func authenticate(_ bearer: String) async throws(CallError) -> [UInt8] {
        guard bearer.hasPrefix("device-"), let byte = UInt8(bearer.dropFirst(7)) else {
            throw CallError(.unauthenticated, "the token is unknown or expired; enrol again")
        }
        return [UInt8](repeating: byte, count: 32)
    }

    private func pass(_ device: [UInt8]? = nil) async throws(CallError) {
        let error = content.withLock { content in
            if let device { content.devices.append(device) }
            return content.error
        }
        while content.withLock(\.isHeld) {
            await Task { try? await Task.sleep(for: .milliseconds(5)) }.value
        }
        if let error { throw error }
    }

    func describe() async throws(CallError) -> Covey_V1_DescribeResponse {
        try await pass()
        var response = Covey_V1_DescribeResponse()
        response.checkpoint = content.withLock(\.checkpoint)
        response.enrolment = .open
        response.challenge = Data([1, 2, 3])
        response.time = 1_700_000_000_000
        return response
    }

    func enrol(
        _ request: Covey_V1_EnrolRequest
    ) async throws(CallError) -> Covey_V1_EnrolResponse {
        try await pass()
        var response = Covey_V1_EnrolResponse()
        response.bearer = "device-\(request.identity.first ?? 0)"
        response.number = 7
        return response
    }

    func checkIn(
        _ request: Covey_V1_CheckInRequest, device: [UInt8]
    ) async throws(CallError) -> Covey_V1_CheckInResponse {
        try await pass(device)
        var response = Covey_V1_CheckInResponse()
        response.wait.earliestMs = UInt32(clamping: request.knownSize)
        response.wait.reason = "nothing to do"
        return response
    }

    func submitMessage(
        _ request: Covey_V1_SubmitMessageRequest, device: [UInt8]
    ) async throws(CallError) -> Covey_V1_SubmitMessageResponse {
        try await pass(device)
        return Covey_V1_SubmitMessageResponse()
    }

    func receiveMessage(
        _ request: Covey_V1_ReceiveMessageRequest, device: [UInt8]
    ) async throws(CallError) -> Covey_V1_ReceiveMessageResponse {
        try await pass(device)
        return Covey_V1_ReceiveMessageResponse()
    }

    func leaveRound(
        _ request: Covey_V1_LeaveRoundRequest, device: [UInt8]
    ) async throws(CallError) -> Covey_V1_LeaveRoundResponse {
        try await pass(device)
        return Covey_V1_LeaveRoundResponse()
    }

    func getCheckpoint() async throws(CallError) -> Covey_V1_GetCheckpointResponse {
        try await pass()
        var response = Covey_V1_GetCheckpointResponse()
        response.checkpoint = content.withLock(\.checkpoint)
        return response
    }

    func getConsistencyProof(
        _ request: Covey_V1_GetConsistencyProofRequest
    ) async throws(CallError) -> Covey_V1_GetConsistencyProofResponse {
        try await pass()
        return Covey_V1_GetConsistencyProofResponse()
    }

    func getInclusionProof(
        _ request: Covey_V1_GetInclusionProofRequest
    ) async throws(CallError) -> Covey_V1_GetInclusionProofResponse {
        try await pass()
        return Covey_V1_GetInclusionProofResponse()
    }

    func listTasks() async throws(CallError) -> Covey_V1_ListTasksResponse {
        try await pass()
        return Covey_V1_ListTasksResponse()
    }

    func getTask(
        _ request: Covey_V1_GetTaskRequest
    ) async throws(CallError) -> Covey_V1_GetTaskResponse {
        throw CallError(.notFound, "there is no task '\(request.name)'")
    }

    func maskedInputByteCount(
        session: [UInt8], ticket: String?, device: [UInt8]
    ) async throws(CallError) -> Int {
        guard session == [UInt8](repeating: 0xAB, count: 32) else {
            throw CallError(.notFound, "this sum is not collected here")
        }
        guard ticket == nil || ticket == "a ticket" else {
            throw CallError(.permissionDenied, "the ticket is not for this sum")
        }
        return content.withLock(\.maskedInputByteCount)
    }

    func submitMaskedInput(
        _ message: [UInt8], session: [UInt8], ticket: String?, device: [UInt8]
    ) async throws(CallError) {
        try await pass(device)
        content.withLock { $0.maskedInputs.append(message) }
    }

    func snapshotByteCount(_ hash: [UInt8]) async throws(CallError) -> Int {
        guard let bytes = content.withLock({ $0.snapshots[hash] }) else {
            throw CallError(.notFound, "there is no such snapshot")
        }
        return bytes.count
    }

    func snapshot(_ hash: [UInt8]) async throws(CallError) -> [UInt8] {
        content.withLock { $0.loads += 1 }
        try await pass()
        return content.withLock { $0.snapshots[hash] ?? [] }
    }

    func ledgerByteCount() async throws(CallError) -> Int { content.withLock(\.ledger).count }

    func ledger(from offset: Int) async throws(CallError) -> [UInt8] {
        content.withLock { $0.loads += 1 }
        try await pass()
        return content.withLock { Array($0.ledger.dropFirst(offset)) }
    }

    func modelHash(of task: String) async throws(CallError) -> [UInt8] {
        guard task == "films & books" else { throw CallError(.notFound, "there is no such task") }
        return [UInt8](repeating: 0xCD, count: 32)
    }

    func createTask(
        _ request: Covey_V1_CreateTaskRequest
    ) async throws(CallError) -> Covey_V1_CreateTaskResponse {
        content.withLock { $0.tasks.append(request) }
        var response = Covey_V1_CreateTaskResponse()
        response.status.name = request.name
        response.status.state = .gathering
        response.status.devices = request.devices
        return response
    }

    func changeTask(
        _ request: Covey_V1_ChangeTaskRequest
    ) async throws(CallError) -> Covey_V1_ChangeTaskResponse {
        var response = Covey_V1_ChangeTaskResponse()
        response.status.name = request.name
        response.status.state = request.change == .pause ? .paused : .active
        return response
    }

    func createEnrolmentTokens(
        _ request: Covey_V1_CreateEnrolmentTokensRequest
    ) async throws(CallError) -> Covey_V1_CreateEnrolmentTokensResponse {
        var response = Covey_V1_CreateEnrolmentTokensResponse()
        response.tokens = (0..<request.count).map { "enrolment-\($0)" }
        return response
    }

    func reportQuality(
        _ request: Covey_V1_ReportQualityRequest
    ) async throws(CallError) -> Covey_V1_ReportQualityResponse {
        Covey_V1_ReportQualityResponse()
    }

    func declare(
        _ request: Covey_V1_DeclareRequest
    ) async throws(CallError) -> Covey_V1_DeclareResponse {
        Covey_V1_DeclareResponse()
    }

    func overview() async throws(CallError) -> CoordinatorOverview {
        content.withLock { $0.overviews += 1 }
        try await pass()
        return CoordinatorOverview(
            origin: "test.example", ledgerKey: "a key", checkpoint: content.withLock(\.checkpoint),
            ledgerEntries: 3,
            budget: .init(
                epsilonCoordinator: 0.5, epsilonObserver: 0.25, epsilon: 4, delta: 1e-5,
                against: "coordinator"),
            population: .init(enrolled: 12, present: 5, inRounds: 2), tasks: [], leader: "one",
            replicas: ["one"], version: "0", time: 0)
    }

    var commitTimes: Latencies {
        var times = Latencies()
        times.record(.milliseconds(20))
        times.record(.seconds(20))
        return times
    }

    func readiness() async -> Readiness {
        content.withLock { $0.readinesses += 1 }
        try? await pass()
        return content.withLock(\.readiness)
    }
}
