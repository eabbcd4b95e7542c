import OnDevice
import Recommender
import RoundFixtures
import Testing

@Suite struct TelemetryRoundTests {
    private func shown(_ time: Int64, _ items: [String]) -> Impression {
        Impression(
            time: time, items: items, propensities: items.map { _ in 1 }, model: "")
    }

    @Test func `ranking quality leaves the devices as one private sum`() async throws {
        let telemetry = RankingTelemetry(
            listLimit: 10, depth: 3, groupCount: 2, basis: "deciles")
        let fixture = try ParticipationFixture(queries: [telemetry.query()])
        try await fixture.coordinator.open(0)
        // Device d showed ten lists and had min(d, 10) hits; one list is too new to count.
        var devices: [Participation] = []
        for device in 0..<12 {
            let lists = (0..<10).map {
                shown(1000 + 10 * Int64($0), ["popular", "niche", "popular"])
            }
            let events = lists.prefix(device).map {
                BehaviourEvent(item: "niche", kind: .click, time: $0.time + 5)
            }
            let contributor = TelemetryContributor(
                telemetry, window: 8, span: 1000, group: { $0 == "popular" ? 0 : 1 },
                time: { 1200 },
                history: {
                    PersonalHistory(
                        events: events, impressions: lists + [shown(1195, ["niche"])])
                })
            let participation = try fixture.participation(device, contributors: [contributor])
            try await participation.grantConsent()
            devices.append(participation)
        }
        let results = try await fixture.participate(devices)
        #expect(results.allSatisfy { $0.outcome == .finished })
        let sum = try #require(await fixture.coordinator.round?.sum)
        let estimate = telemetry.estimate(from: sum)
        // At this confidence, an interval misses once in 1e10 rounds.
        let confidence = 1 - 1e-10
        let hits = Double((0..<12).map { min($0, 10) }.reduce(0, +))
        #expect(estimate.hitRate(confidence: confidence).interval.contains(hits / 120))
        #expect(estimate.listCount(confidence: confidence).interval.contains(120))
        #expect(estimate.exposure(of: [0], confidence: confidence).interval.contains(2.0 / 3))
        // And says something.
        #expect(estimate.hitRate().interval.upperBound < 1)
    }
}
