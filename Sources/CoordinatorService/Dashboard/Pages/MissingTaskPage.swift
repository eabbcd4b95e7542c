internal import Coordinator

/// What is said where no task has the name.
struct MissingTaskPage {
    /// A task that there is.
    struct Known {
        let name: String
        let path: String
    }

    let name: String
    let tasks: [Known]
    let hasTasks: Bool

    init(name: String, overview: CoordinatorOverview) {
        self.name = name
        tasks = overview.tasks.map {
            .init(name: $0.name, path: DashboardRoute.task($0.name).path)
        }
        hasTasks = !tasks.isEmpty
    }
}
