import Foundation
import SecureAggregation
import Sodium
import Testing

/// Random schedules of faults and lies. A failure prints the smallest schedule that still fails;
/// its seed replays it: COVEY_SCHEDULE_SEED=17 scripts/test --filter ScheduleTests.
@Suite struct ScheduleTests {
    private func outcome(_ schedule: Schedule) throws -> ScheduleRun.Outcome {
        var run = try ScheduleRun(schedule)
        return try run.outcome()
    }

    private func fails(_ schedule: Schedule) -> Bool { (try? outcome(schedule)) == nil }

    @Test func `every schedule ends in the exact sum or a refusal, and no secret gets out`() throws
    {
        let chosen = ProcessInfo.processInfo.environment["COVEY_SCHEDULE_SEED"].flatMap(UInt64.init)
        var outcomes: [ScheduleRun.Outcome: Int] = [:]
        for seed in chosen.map({ $0...$0 }) ?? 0...3999 {
            let schedule = try Schedule(seed: seed)
            do {
                outcomes[try outcome(schedule), default: 0] += 1
            } catch {
                Issue.record("\(error): \(schedule.shrunk(while: fails))")
                return
            }
        }
        guard chosen == nil else { return }
        // All three are reached, and most schedules are not hopeless.
        #expect(outcomes[.sum, default: 0] > 1000)
        #expect(outcomes[.refused, default: 0] > 500)
        #expect(outcomes[.spoiled, default: 0] > 20)
    }

    @Test func `shrinking leaves the events that matter`() throws {
        let leaves = Schedule.Event(step: 2, device: 1, fault: .leaves)
        var schedule = try Schedule(seed: 3)
        schedule.events = [
            .init(step: 0, device: 0, fault: .sentTwice), leaves,
            .init(step: 4, device: 0, fault: .delayed),
        ]
        #expect(schedule.shrunk { $0.events.contains(leaves) }.events == [leaves])
    }
}
