import FederatedProtocol
import Foundation
import SwiftProtobuf

/// Tasks as lines of text, or as JSON.
struct TaskLines {
    let tasks: [Covey_V1_TaskStatus]

    init(_ tasks: [Covey_V1_TaskStatus]) { self.tasks = tasks }

    func print(json: Bool) throws {
        guard json else { return Swift.print(text) }
        var response = Covey_V1_ListTasksResponse()
        response.tasks = tasks
        Swift.print(try response.jsonString())
    }

    private var text: String {
        guard !tasks.isEmpty else {
            return "There are no tasks; 'covey-coordinator task create' sets one up."
        }
        return tasks.map { task in
            var line =
                "\(task.name): \(task.state.name), \(task.queriesDone) of \(task.queries) queries, "
                + "\(task.roundsBegun) rounds, \(task.devices) devices"
            if !task.reason.isEmpty { line += " (\(task.reason))" }
            return line
        }.joined(separator: "\n")
    }
}

extension Covey_V1_TaskStatus.State {
    /// In words.
    fileprivate var name: String {
        switch self {
        case .gathering: "waits for devices"
        case .active: "active"
        case .paused: "paused"
        case .finished: "finished"
        case .failed: "failed"
        case .unspecified, .UNRECOGNIZED: "in a state of a later version"
        }
    }
}
