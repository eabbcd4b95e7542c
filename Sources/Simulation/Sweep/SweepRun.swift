internal import Foundation
internal import Recommender

/// What a sweep tells whoever watches it.
public enum SweepEvent: Sendable {
    /// A run is over, or was over before; so many of the rung are.
    case finished(RunRecord, wasThere: Bool, done: Int, total: Int)
    /// A rung of a race begins, with so many runs.
    case rung(Int, of: Int, runs: Int)
}

extension Sweep {
    /// Runs all points, several at once; those that are over in the folder are not run again, and those
    /// that were stopped go on.
    ///
    /// - Parameters:
    ///   - path: Holds a run folder for each point; made where it is missing.
    ///   - lanes: How many run at once; the cores are divided among them.
    ///   - interruption: Stops all of them when raised.
    ///   - observer: Told what happens.
    /// - Returns: All runs, rung by rung.
    /// - Throws: ``ScenarioError`` before anything runs; what a run throws; ``Interrupted``.
    public func run(
        in path: String, lanes: Int, interruption: Interruption = Interruption(),
        observer: @escaping @Sendable (SweepEvent) -> Void = { _ in }
    ) async throws -> [RunRecord] {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let threads = max(1, cores / max(1, lanes))
        for number in 0..<rungs {
            for point in rung(number, of: points) { _ = try scenario(of: point, threads: threads) }
        }
        var (left, all) = (points, [RunRecord]())
        for number in 0..<rungs {
            let jobs = try rung(number, of: left).map { point in
                try Job(
                    scenario: try scenario(of: point, threads: threads),
                    path: path + "/" + point.name, interruption: interruption)
            }
            if race != nil { observer(.rung(number + 1, of: rungs, runs: jobs.count)) }
            let records = try await run(jobs, lanes: lanes, observer: observer)
            all += records
            guard let race, number + 1 < rungs else { break }
            let order = records.indices.sorted {
                race.value(of: records[$0]) > race.value(of: records[$1])
            }
            let kept = max(1, Int((Double(left.count) * race.kept).rounded(.up)))
            left = order.prefix(kept).sorted().map { left[$0] }
        }
        return all
    }

    private func run(
        _ jobs: [Job], lanes: Int, observer: @escaping @Sendable (SweepEvent) -> Void
    ) async throws -> [RunRecord] {
        try await withThrowingTaskGroup(of: (Int, RunRecord).self) { group in
            var records = [RunRecord?](repeating: nil, count: jobs.count)
            var next = 0
            func add() {
                guard next < jobs.count else { return }
                let number = next
                next += 1
                group.addTask { (number, try await jobs[number].run()) }
            }
            for _ in 0..<max(1, lanes) { add() }
            var done = 0
            while let (number, record) = try await group.next() {
                records[number] = record
                done += 1
                observer(
                    .finished(
                        record, wasThere: jobs[number].isOver, done: done, total: jobs.count))
                add()
            }
            return records.compactMap { $0 }
        }
    }
}

/// One run of a sweep.
private struct Job: Sendable {
    let scenario: Scenario
    let path: String
    let interruption: Interruption
    /// Whether it was over before.
    let isOver: Bool
    private let isBegun: Bool

    /// - Throws: ``SimulationError/occupied(path:)`` where the folder holds something else.
    init(scenario: Scenario, path: String, interruption: Interruption) throws {
        self.scenario = scenario
        self.path = path
        self.interruption = interruption
        isBegun = FileManager.default.fileExists(atPath: path + "/scenario.yaml")
        isOver = isBegun && (try? RunRecord(path: path))?.result.status == .finished
        guard isBegun else { return }
        // Results do not depend on the number of threads.
        func settings(_ keys: [Scenario.Key]) -> [Scenario.Key] {
            keys.filter { $0.name != "threads" }
        }
        guard
            settings(try Scenario(path: path + "/scenario.yaml").keys) == settings(scenario.keys)
        else { throw SimulationError.occupied(path: path) }
    }

    func run() async throws -> RunRecord {
        if !isOver {
            try interruption.check()
            let result = try await Simulation(scenario: scenario, interruption: interruption)
                .run(in: path, resuming: isBegun)
            if result.status == .interrupted { throw Interrupted() }
        }
        return try RunRecord(path: path)
    }
}

extension Sweep.Race {
    fileprivate func value(of record: RunRecord) -> Double {
        guard let quality = record.quality?.sampled else { return -.infinity }
        let value = measure == .ndcg ? quality.ndcg : quality.hitRate
        return value.isNaN ? -.infinity : value
    }
}
