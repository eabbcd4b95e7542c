package import FederatedProtocol

/// What a coordinator answers, whatever carries the calls. Every function may be called again with
/// the same arguments and answers the same.
///
/// `device` is the identity that a bearer token stands for, as ``authenticate(_:)`` found it.
package protocol CoordinatorCalls: Sendable {
    /// The identity that a bearer token stands for.
    ///
    /// - Throws: ``FederatedProtocol/CallError`` (`unauthenticated`).
    func authenticate(_ bearer: String) async throws(CallError) -> [UInt8]

    // MARK: Devices (protocol/covey/v1/coordinator.proto)

    func describe() async throws(CallError) -> Covey_V1_DescribeResponse
    func enrol(_ request: Covey_V1_EnrolRequest) async throws(CallError) -> Covey_V1_EnrolResponse
    func checkIn(
        _ request: Covey_V1_CheckInRequest, device: [UInt8]
    ) async throws(CallError) -> Covey_V1_CheckInResponse
    func submitMessage(
        _ request: Covey_V1_SubmitMessageRequest, device: [UInt8]
    ) async throws(CallError) -> Covey_V1_SubmitMessageResponse
    func receiveMessage(
        _ request: Covey_V1_ReceiveMessageRequest, device: [UInt8]
    ) async throws(CallError) -> Covey_V1_ReceiveMessageResponse
    func leaveRound(
        _ request: Covey_V1_LeaveRoundRequest, device: [UInt8]
    ) async throws(CallError) -> Covey_V1_LeaveRoundResponse
    func getCheckpoint() async throws(CallError) -> Covey_V1_GetCheckpointResponse
    func getConsistencyProof(
        _ request: Covey_V1_GetConsistencyProofRequest
    ) async throws(CallError) -> Covey_V1_GetConsistencyProofResponse
    func getInclusionProof(
        _ request: Covey_V1_GetInclusionProofRequest
    ) async throws(CallError) -> Covey_V1_GetInclusionProofResponse
    func listTasks() async throws(CallError) -> Covey_V1_ListTasksResponse
    func getTask(
        _ request: Covey_V1_GetTaskRequest
    ) async throws(CallError) -> Covey_V1_GetTaskResponse

    // MARK: Bulk

    /// The size in bytes that a masked input of a sum has, before any of it is read.
    ///
    /// - Parameters:
    ///   - ticket: Of the address that came with the delivered shares, where it has one.
    ///   - device: Whose bearer token comes with it.
    /// - Throws: `failed_precondition` where no masked input of the device is due here, and what is
    ///   wrong with the ticket.
    func maskedInputByteCount(
        session: [UInt8], ticket: String?, device: [UInt8]
    ) async throws(CallError) -> Int
    /// Takes a masked input: a message of kind 5, whole.
    func submitMaskedInput(
        _ message: [UInt8], session: [UInt8], ticket: String?, device: [UInt8]
    ) async throws(CallError)
    /// The size in bytes of a snapshot.
    ///
    /// - Throws: `not_found` where there is none, or it is not for everybody.
    func snapshotByteCount(_ hash: [UInt8]) async throws(CallError) -> Int
    /// The bytes of a snapshot: a catalogue, a broadcast or a model, never a checkpoint of training.
    func snapshot(_ hash: [UInt8]) async throws(CallError) -> [UInt8]
    /// The size in bytes of the ledger as a file.
    func ledgerByteCount() async throws(CallError) -> Int
    /// The ledger as a file, from a byte on.
    func ledger(from offset: Int) async throws(CallError) -> [UInt8]
    /// The hash of the snapshot that is the published model of a task, as devices map it
    /// (protocol/model.md).
    func modelHash(of task: String) async throws(CallError) -> [UInt8]

    // MARK: Operators

    func createTask(
        _ request: Covey_V1_CreateTaskRequest
    ) async throws(CallError) -> Covey_V1_CreateTaskResponse
    func changeTask(
        _ request: Covey_V1_ChangeTaskRequest
    ) async throws(CallError) -> Covey_V1_ChangeTaskResponse
    func createEnrolmentTokens(
        _ request: Covey_V1_CreateEnrolmentTokensRequest
    ) async throws(CallError) -> Covey_V1_CreateEnrolmentTokensResponse
    func reportQuality(
        _ request: Covey_V1_ReportQualityRequest
    ) async throws(CallError) -> Covey_V1_ReportQualityResponse
    func declare(
        _ request: Covey_V1_DeclareRequest
    ) async throws(CallError) -> Covey_V1_DeclareResponse

    // MARK: Watching

    /// What the pages show.
    func overview() async throws(CallError) -> CoordinatorOverview
    /// How long changes took to be durable in the store.
    var commitTimes: Latencies { get }
    /// Whether calls can be answered: the store can be written, and somebody leads.
    func readiness() async -> Readiness
}

/// Whether a coordinator can do its work.
package struct Readiness: Sendable, Hashable, Codable {
    /// Whether it can.
    package var isReady: Bool
    /// What stands in the way, in words; empty where nothing does.
    package var reason: String

    package init(isReady: Bool, reason: String = "") {
        self.isReady = isReady
        self.reason = reason
    }
}
