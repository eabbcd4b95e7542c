internal import Coordinator
internal import FederatedProtocol

extension ConnectMethod {
    /// The methods of protocol/covey/v1/coordinator.proto by their paths.
    static func services(_ calls: any CoordinatorCalls) -> [String: ConnectMethod] {
        var methods: [String: ConnectMethod] = [:]
        for method in coordinator(calls) {
            methods["/covey.v1.CoordinatorService/\(method.name)"] = method
        }
        for method in administration(calls) {
            methods["/covey.v1.AdministrationService/\(method.name)"] = method
        }
        return methods
    }

    private static func coordinator(_ calls: any CoordinatorCalls) -> [ConnectMethod] {
        [
            ConnectMethod("Describe", for: .everybody) {
                (_: Covey_V1_DescribeRequest, _) async throws(CallError) in
                try await calls.describe()
            },
            ConnectMethod("Enrol", for: .everybody) { request, _ async throws(CallError) in
                try await calls.enrol(request)
            },
            ConnectMethod("CheckIn", for: .devices) { request, device async throws(CallError) in
                try await calls.checkIn(request, device: device)
            },
            ConnectMethod("SubmitMessage", for: .devices) {
                request, device async throws(CallError) in
                try await calls.submitMessage(request, device: device)
            },
            ConnectMethod("ReceiveMessage", for: .devices) {
                request, device async throws(CallError) in
                try await calls.receiveMessage(request, device: device)
            },
            ConnectMethod("LeaveRound", for: .devices) { request, device async throws(CallError) in
                try await calls.leaveRound(request, device: device)
            },
            ConnectMethod("GetCheckpoint", for: .everybody) {
                (_: Covey_V1_GetCheckpointRequest, _) async throws(CallError) in
                try await calls.getCheckpoint()
            },
            ConnectMethod("GetConsistencyProof", for: .everybody) {
                request, _ async throws(CallError) in
                try await calls.getConsistencyProof(request)
            },
            ConnectMethod("GetInclusionProof", for: .everybody) {
                request, _ async throws(CallError) in
                try await calls.getInclusionProof(request)
            },
            ConnectMethod("ListTasks", for: .everybody) {
                (_: Covey_V1_ListTasksRequest, _) async throws(CallError) in
                try await calls.listTasks()
            },
            ConnectMethod("GetTask", for: .everybody) { request, _ async throws(CallError) in
                try await calls.getTask(request)
            },
        ]
    }

    private static func administration(_ calls: any CoordinatorCalls) -> [ConnectMethod] {
        [
            ConnectMethod("CreateTask", for: .administrators) {
                request, _ async throws(CallError) in
                try await calls.createTask(request)
            },
            ConnectMethod("ChangeTask", for: .administrators) {
                request, _ async throws(CallError) in
                try await calls.changeTask(request)
            },
            ConnectMethod("CreateEnrolmentTokens", for: .administrators) {
                request, _ async throws(CallError) in
                try await calls.createEnrolmentTokens(request)
            },
            ConnectMethod("ReportQuality", for: .administrators) {
                request, _ async throws(CallError) in
                try await calls.reportQuality(request)
            },
            ConnectMethod("Declare", for: .administrators) { request, _ async throws(CallError) in
                try await calls.declare(request)
            },
        ]
    }
}
