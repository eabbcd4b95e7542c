/// The calls of protocol/covey/v1/coordinator.proto that a fleet makes; raw values are paths.
package enum Procedure: String, Sendable {
    case describe = "covey.v1.CoordinatorService/Describe"
    case enrol = "covey.v1.CoordinatorService/Enrol"
    case checkIn = "covey.v1.CoordinatorService/CheckIn"
    case submitMessage = "covey.v1.CoordinatorService/SubmitMessage"
    case receiveMessage = "covey.v1.CoordinatorService/ReceiveMessage"
    case leaveRound = "covey.v1.CoordinatorService/LeaveRound"
    case getInclusionProof = "covey.v1.CoordinatorService/GetInclusionProof"
    case listTasks = "covey.v1.CoordinatorService/ListTasks"
    case getTask = "covey.v1.CoordinatorService/GetTask"
    case reportQuality = "covey.v1.AdministrationService/ReportQuality"
}
