internal import Coordinator
internal import Simulation

/// Something that an operator has to see to.
struct Notice {
    let id: String
    let heading: String
    let text: String
    /// What to type, if that helps.
    let commands: [String]
    /// For screen readers.
    let announcement: String

    init(id: String, _ heading: String, _ text: String, commands: [String] = []) {
        self.id = id
        self.heading = heading
        self.text = text
        self.commands = commands
        announcement = "\(heading) \(text)"
    }

    /// All there are, the most pressing first.
    static func all(of overview: CoordinatorOverview, address: String) -> [Notice] {
        coordinators(overview) + budget(overview.budget) + tasks(overview.tasks)
            + devices(overview, address: address)
    }

    private static func coordinators(_ overview: CoordinatorOverview) -> [Notice] {
        guard overview.leader.isEmpty else { return [] }
        return [
            .init(
                id: "no-leader", "Nobody leads.",
                "Rounds stand still until a coordinator holds the lease; their logs say why none does."
            )
        ]
    }

    private static func budget(_ budget: CoordinatorOverview.Budget) -> [Notice] {
        guard let share = budget.shareSpent, share >= 0.9 else { return [] }
        return [
            share >= 1
                ? .init(
                    id: "budget", "The privacy budget is spent.",
                    "No round can be charged any more, and none should: it is what devices were told."
                )
                : .init(
                    id: "budget", "\(NumberText.percent(share)) of the privacy budget is spent.",
                    "Rounds stop where the next one would exceed it.")
        ]
    }

    private static func tasks(_ tasks: [CoordinatorOverview.Task]) -> [Notice] {
        tasks.enumerated().compactMap { place, task in
            if task.state == "failed" {
                return .init(id: "task-\(place)-notice", "Task \(task.name) failed.", task.reason)
            }
            guard task.state == "active", let last = task.latest.last(where: { !$0.isUnderWay }),
                last.state == "abandoned"
            else { return nil }
            return .init(
                id: "task-\(place)-notice",
                "Round \(NumberText.count(last.ordinal)) of \(task.name) was abandoned.",
                last.reason)
        }
    }

    private static func devices(_ overview: CoordinatorOverview, address: String) -> [Notice] {
        guard overview.population.enrolled == 0 else { return [] }
        return [
            .init(
                id: "no-devices", "No device is enrolled yet.",
                "Devices enrol by themselves once they know this address. Simulated ones come with:",
                commands: [
                    "covey-fleet --coordinator \(ShellWord.quoted(address)) "
                        + "--scenario simulations/quickstart.yaml --devices 1200 --folder fleet"
                ])
        ]
    }
}
