import Coordinator

/// A made-up coordinator to look at.
struct OverviewSample {
    var name = "movies"
    var reason = ""
    var state = "active"
    var rounds = 12
    var isUnderWay = true
    var enrolled = 2000
    var spent = 1.234
    var against = "coordinator"

    static let abandonment = "too few devices at masking: 91 of at least 120"
    static let key = "films.example/training+48fa8903+AcrmJXuvndxg/aH3kPkGIyyxXltkgee10kcx8VpOSkV7"
    /// 2026-03-01 12:00:00 UTC.
    static let noon: Int64 = 1_772_366_400_000

    func round(_ number: Int) -> CoordinatorOverview.Round {
        let isLast = number == rounds - 1
        let isOpen = isLast && isUnderWay
        let isLost = !isOpen && number % 7 == 4
        let began = Self.noon - Int64(rounds - number) * 20_000
        let lost = number * 37 % 11
        let steps = [0, 1, 2, 3, 4].map { 180 + $0 * 240 + number * 13 % 90 }
        return .init(
            number: number, query: "gradients",
            state: isOpen ? "open" : isLost ? "abandoned" : "completed",
            step: isOpen ? "masking" : nil, reason: isLost ? Self.abandonment : "", invited: 200,
            survivors: isOpen || isLost
                ? [198, 197, 143 - lost] : [199, 198 - lost, 190 - 2 * lost, 185 - 2 * lost],
            stepMilliseconds: isOpen || isLost ? Array(steps.prefix(2)) : steps,
            epsilonCoordinator: isOpen ? 0 : 0.1 * Double(number + 1),
            epsilonObserver: isOpen ? 0 : 0.06 * Double(number + 1),
            noiseStandardDeviation: isOpen || isLost ? 0 : 2.4137, began: began,
            ended: isOpen ? nil : began + 15_250)
    }

    var task: CoordinatorOverview.Task {
        .init(
            name: name, state: state, reason: reason, algorithm: "fedavg",
            queriesDone: state == "finished" ? 30 : 9,
            queries: 30, roundsBegun: rounds, rounds: 40, devices: 2000,
            modelHash: String(repeating: "0f1e2d3c", count: 8),
            latest: (0..<rounds).map { round($0) },
            quality: stride(from: 1, through: min(9, rounds), by: 2).flatMap { done in
                [("HR@10", 0.62), ("NDCG@10", 0.41)].map {
                    .init(
                        queriesDone: done, metric: $0.0,
                        value: $0.1 * (1 - 0.5 / Double(done + 1)))
                }
            }, epsilonSpent: 2.5, epsilon: 3)
    }

    var overview: CoordinatorOverview {
        .init(
            origin: "films.example/training", ledgerKey: Self.key,
            checkpoint: """
                films.example/training
                27
                4zKV+NaMr38kpEp7OXk9dGuHTtql/Kww8yArYKlApFg=
                covey-file QwowpQLuinxfUOk8PmY/wg==

                — films.example/training SPqJAywF7ym57YhhdDKvtwDih57S9rrz6yBwAI40g74KD0iK

                """,
            ledgerEntries: 27,
            budget: .init(
                epsilonCoordinator: spent, epsilonObserver: 0.75, epsilon: 2, delta: 1e-5,
                against: against),
            population: .init(enrolled: enrolled, present: 1500, inRounds: 200), tasks: [task],
            leader: "a", replicas: ["a"], version: "1.0.0", time: Self.noon)
    }

    /// A coordinator that has just been set up.
    static var empty: CoordinatorOverview {
        var overview = OverviewSample().overview
        overview.checkpoint = ""
        overview.ledgerEntries = 0
        overview.tasks = []
        overview.population = .init(enrolled: 0, present: 0, inRounds: 0)
        overview.budget.epsilonCoordinator = 0
        overview.budget.epsilonObserver = 0
        return overview
    }

    /// One with several tasks in all states, on several replicas.
    static var busy: CoordinatorOverview {
        var overview = OverviewSample(rounds: 60).overview
        var others: [CoordinatorOverview.Task] = []
        for (name, state, reason) in [
            ("series", "gathering", ""), ("books", "finished", ""),
            ("songs", "paused", "by the operator: waiting for the new catalogue"),
            (
                "a task with a rather long name, as people give them", "failed",
                "round 3 was abandoned ten times in a row: too few devices at sharing"
            ),
        ] {
            var sample = OverviewSample(name: name, reason: reason, state: state)
            sample.isUnderWay = false
            sample.rounds = state == "gathering" ? 0 : 30
            var task = sample.task
            if state == "gathering" { task.devices = 5000 }
            if state == "finished" { task.queriesDone = 30 }
            others.append(task)
        }
        overview.tasks += others
        overview.leader = "coordinator-a"
        overview.replicas = ["coordinator-a", "coordinator-b", "coordinator-c"]
        overview.budget.epsilonCoordinator = 1.86
        return overview
    }
}
