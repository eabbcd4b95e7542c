import DifferentialPrivacy
import FederatedProtocol
import Foundation
import PrivacyLedger
import Recommender
import Testing

@testable import Simulation

@Suite struct HTMLReportTests {
    @Test func `finished run shows its figures`() throws {
        let html = ReportSample(rounds: 3).report.render()
        let document = try ParsedMarkup(html)
        #expect(document.texts(of: "h1") == ["three rounds"])
        #expect(document.texts(of: "title").first == "three rounds - Covey")
        #expect(document.text.contains("finished"))
        #expect(document.text.contains("HR@10, private"))
        #expect(document.text.contains("popularity: 0.500"))
        #expect(document.text.contains("1.20 times as high"))
        #expect(document.text.contains("delta 10⁻⁵"))
        #expect(document.text.contains("1.23 MB"))
        #expect(document.text.contains("no credit is taken for sampling"))
        #expect(document.text.contains("name: three rounds"))
        #expect(!document.text.contains("Interrupted."))
        #expect(!document.text.contains("Statistical aggregation."))
        #expect(document.counts["svg[role=img]"] == 5)
    }

    @Test func `every drawing has a title, a description and its numbers`() throws {
        for rounds in [1, 3, 75] {
            let document = try ParsedMarkup(ReportSample(rounds: rounds).report.render())
            let drawings = document.counts["svg[role=img]", default: 0]
            #expect(drawings == 5)
            #expect(document.counts["desc"] == drawings)
            // One title is the document's.
            #expect(document.counts["title"] == drawings + 1)
            #expect(document.counts["figure"] == drawings)
            // One is the scenario's.
            #expect(document.counts["details"] == drawings + 1)
            #expect(document.texts(of: "desc").allSatisfy { $0.count > 20 })
        }
    }

    @Test func `names of elements are unique and references to them hold`() throws {
        let document = try ParsedMarkup(ReportSample(rounds: 75).report.render())
        #expect(Set(document.ids).count == document.ids.count)
        #expect(Set(document.labels).isSubset(of: Set(document.ids)))
    }

    @Test func `nothing is loaded from elsewhere`() {
        let html = ReportSample(rounds: 75).report.render()
        for mark in ["http:", "https:", "<script", "<link", "@import", "url(", "src=", "href="] {
            #expect(!html.contains(mark), "\(mark)")
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "a & b", "\"quoted\" and 'quoted'", "{{title}} {{{style}}}",
        "accent after a quote: \"\u{301} and <\u{338}b", "]]>", "Ключ 鍵 🗝️", " ",
        String(repeating: "long", count: 500),
    ])
    func `names are shown as they are`(name: String) throws {
        var sample = ReportSample(rounds: 3)
        sample.name = name
        let document = try ParsedMarkup(sample.report.render())
        #expect(document.texts(of: "h1").map { Array($0.utf8) } == [Array(name.utf8)])
        #expect(document.counts["script"] == nil)
        #expect(document.counts["b"] == nil)
    }

    @Test func `characters that XML does not have are replaced`() throws {
        var sample = ReportSample(rounds: 3)
        sample.name = "a\u{0}b\u{1B}c\u{FFFF}"
        let document = try ParsedMarkup(sample.report.render())
        #expect(document.texts(of: "h1") == ["a\u{FFFD}b\u{FFFD}c\u{FFFD}"])
    }

    @Test(arguments: [0, 1, 2, 12, 13, 500])
    func `any number of rounds is drawn`(rounds: Int) throws {
        for planned in [max(1, rounds), rounds + 40] {
            var sample = ReportSample(rounds: rounds)
            sample.plannedRounds = planned
            sample.status = planned > rounds ? .interrupted : .finished
            let html = sample.report.render()
            let document = try ParsedMarkup(html)
            #expect(!html.contains("nan") && !html.contains("=\"inf") && !html.contains("=\"-inf"))
            #expect(document.text.contains("and \(planned - 12) more") == (planned > 12))
        }
    }

    @Test func `run interrupted at once says how to go on`() throws {
        var sample = ReportSample(rounds: 0)
        sample.plannedRounds = 75
        sample.status = .interrupted
        sample.output = "runs/it's mine"
        let document = try ParsedMarkup(sample.report.render())
        #expect(document.text.contains("interrupted"))
        #expect(document.text.contains(#"covey simulate --resume 'runs/it'\''s mine'"#))
        #expect(document.text.contains("No round was finished"))
        #expect(document.text.contains("not measured yet"))
        #expect(document.counts["svg[role=img]"] == nil)
    }

    @Test func `interrupted run shows the last quality that was measured`() throws {
        var sample = ReportSample(rounds: 40)
        sample.plannedRounds = 75
        sample.status = .interrupted
        let document = try ParsedMarkup(sample.report.render())
        #expect(document.text.contains("after 39 rounds"))
        #expect(document.text.contains("popularity was not measured"))
    }

    @Test(arguments: [
        Double.nan, .infinity, -.infinity, 1e300, -1e300, .leastNonzeroMagnitude, -0.0,
    ])
    func `numbers that cannot be drawn are left out`(value: Double) throws {
        for rounds in [3, 20] {
            var sample = ReportSample(rounds: rounds)
            sample.plannedEpsilon = value
            var (result, metrics) = (sample.result, sample.metrics)
            for path in [\RankingMetrics.hitRate, \.ndcg] {
                result.quality.private?.sampled[keyPath: path] = value
                result.quality.popularity?.full[keyPath: path] = value
                metrics[1].quality?.sampled[keyPath: path] = value
            }
            result.quality.popularity?.novelty = value
            metrics[1].spent.epsilonCoordinator = value
            metrics[1].spent.epsilonObserver = value
            metrics[2].noiseStandardDeviation = value
            result.epsilon = .init(coordinator: value, observer: value)
            result.delta = value
            result.seconds = value
            result.training.cpuSeconds = value
            result.training.updatesPerCPUSecond = value
            let html = HTMLReport(
                plan: sample.plan, result: result, metrics: metrics, scenarioYAML: ""
            ).render()
            _ = try ParsedMarkup(html)
            #expect(!html.contains("nan") && !html.contains("=\"inf") && !html.contains("=\"-inf"))
        }
    }

    @Test func `every value the same, and zero, is drawn`() throws {
        var sample = ReportSample(rounds: 3)
        sample.accuracy = 0
        sample.devices = 0
        sample.plannedEpsilon = 0
        #expect(try ParsedMarkup(sample.report.render()).counts["svg[role=img]"] == 5)
    }

    @Test func `no quality anywhere leaves dashes`() throws {
        let sample = ReportSample(rounds: 3)
        var (result, metrics) = (sample.result, sample.metrics)
        result.quality = .init()
        for index in metrics.indices { metrics[index].quality = nil }
        let document = try ParsedMarkup(
            HTMLReport(plan: sample.plan, result: result, metrics: metrics, scenarioYAML: "")
                .render())
        #expect(document.counts["svg[role=img]"] == 2)
        // Twelve rows of three columns.
        #expect(document.texts(of: "td").filter { $0 == "-" }.count == 36)
    }

    @Test(arguments: ["real", "ideal", "statistical", "something else"])
    func `only sums that protect nobody carry a notice`(aggregation: String) throws {
        var sample = ReportSample(rounds: 3)
        sample.aggregation = aggregation
        let text = try ParsedMarkup(sample.report.render()).text
        #expect(
            text.contains("no evidence for the protected code path")
                == (aggregation == "statistical"))
        #expect(text.contains("Ideal aggregation.") == (aggregation == "ideal"))
    }
}

@Suite struct NumberTextTests {
    @Test func `numbers read well`() {
        #expect(NumberText.fixed(nil) == "-")
        #expect(NumberText.fixed(.nan) == "-")
        #expect(NumberText.fixed(-.infinity) == "-∞")
        #expect(NumberText.fixed(0.12345) == "0.123")
        #expect(NumberText.fixed(1234.5, digits: 1) == "1,234.5")
        #expect(NumberText.fixed(0.000_04) == "4·10⁻⁵")
        #expect(NumberText.fixed(0) == "0.000")
        #expect(NumberText.significant(0.012345) == "0.0123")
        #expect(NumberText.significant(4) == "4")
        #expect(NumberText.significant(-12345) == "-12,345")
        #expect(NumberText.significant(2.5e9) == "2.5·10⁹")
        #expect(NumberText.scientific(1e-5) == "10⁻⁵")
        #expect(NumberText.count(1_234_567) == "1,234,567")
        #expect(NumberText.count(-999) == "-999")
    }

    @Test func `bytes and times have units`() {
        #expect(NumberText.bytes(0) == "0 B")
        #expect(NumberText.bytes(999) == "999 B")
        #expect(NumberText.bytes(1000) == "1 kB")
        #expect(NumberText.bytes(999_700) == "1 MB")
        #expect(NumberText.bytes(1_234_567) == "1.23 MB")
        #expect(NumberText.bytes(.max) == "9.22·10⁶ TB")
        #expect(NumberText.duration(0.0123) == "12 ms")
        #expect(NumberText.duration(12.34) == "12.3 s")
        #expect(NumberText.duration(3599) == "59 min 59 s")
        #expect(NumberText.duration(7325) == "2 h 2 min")
        #expect(NumberText.duration(.infinity) == "∞ s")
        #expect(NumberText.duration(.nan) == "-")
    }
}

@Suite struct AxisScaleTests {
    @Test func `ticks are round numbers around the values`() {
        let scale = AxisScale(holding: [0.31, 0.47])
        #expect(scale.ticks.count == 4)
        #expect(scale.ticks.map { scale.label(of: $0) } == ["0", "0.2", "0.4", "0.6"])
        let whole = AxisScale(holding: [91, 100], startsAtZero: false, isWhole: true)
        #expect(whole.range == 90...100)
        #expect(whole.step == 5)
    }

    @Test(arguments: [[], [.nan], [0], [.infinity, 1], [1e300], [-1e-300], [7, 7], [1e99, 1e99]])
    func `any values have a scale`(values: [Double]) {
        for startsAtZero in [true, false] {
            for isWhole in [true, false] {
                let scale = AxisScale(
                    holding: values, startsAtZero: startsAtZero, isWhole: isWhole)
                #expect(scale.range.lowerBound < scale.range.upperBound)
                #expect((2...12).contains(scale.ticks.count), "\(scale)")
            }
        }
    }
}

/// A made-up run.
private struct ReportSample {
    var name = "three rounds"
    var aggregation = "real"
    var status = SimulationResult.Status.finished
    var rounds: Int
    var plannedRounds: Int
    var devices = 1000
    var accuracy = 0.6
    var plannedEpsilon = 4.0
    /// Observers' epsilon over the coordinator's.
    var observerShare = 1.0
    var output = "runs/three-rounds"

    init(rounds: Int) {
        self.rounds = rounds
        plannedRounds = rounds
    }

    private let queries = ["popularity", "features", "co-occurrence"]

    private func query(_ round: Int) -> String {
        plannedRounds == 3 ? queries[round] : "gradients"
    }

    func quality(_ level: Double) -> RankingQuality {
        var quality = RankingQuality(outcomes: [], popularity: [], cutoff: 10)
        quality.people = devices
        quality.sampled.hitRate = level
        quality.sampled.ndcg = level * 0.6
        quality.sampled.recall = level
        quality.sampled.meanReciprocalRank = level * 0.5
        quality.full.hitRate = level * 0.25
        quality.full.ndcg = level * 0.13
        quality.full.recall = level * 0.25
        quality.full.meanReciprocalRank = level * 0.11
        quality.coverage = 0.412
        quality.exposureGini = 0.87
        quality.novelty = 9.83
        return quality
    }

    var plan: SimulationPlan {
        SimulationPlan(
            scenario: name, data: "synthetic", devices: devices, items: 1700,
            interactions: 100_000, algorithm: "co-occurrence, smoothed", aggregation: aggregation,
            rounds: (0..<plannedRounds).map { round in
                .init(
                    query: query(round), dimension: 1700 * (round % 3 + 1), invited: devices,
                    clippingNorm: 1, noiseMultiplier: 2.4137, modulusBits: 24, degree: 62,
                    threshold: 38,
                    bytesPerDevice: .init(up: 411_522, down: 82_345 * (round % 3 + 1)))
            },
            planned: .init(
                epsilonCoordinator: plannedEpsilon, epsilonObserver: plannedEpsilon * observerShare,
                delta: 1e-5), neighbouring: .addOrRemoveOne,
            events: .init(
                coordinator: .gaussian(noiseMultiplier: 1), observer: .gaussian(noiseMultiplier: 1)),
            bytesPerDevice: .init(up: 1_234_567, down: 400_000))
    }

    var metrics: [RoundMetrics] {
        let interval = max(1, plannedRounds / 20)
        return (0..<rounds).map { round in
            let done = Double(round + 1) / Double(max(1, plannedRounds))
            let epsilon = 4.0 * done.squareRoot()
            let lost = (round * 37 % 11) * devices / 200
            let isDue = (round + 1) % interval == 0 || round + 1 == plannedRounds
            return RoundMetrics(
                round: round, query: query(round), invited: devices,
                survivors: [
                    devices - lost / 4, devices - lost / 3, devices - lost, devices - lost * 5 / 4,
                ],
                clippingNorm: 1, noiseStandardDeviation: 2.43,
                spent: .init(
                    epsilonCoordinator: epsilon, epsilonObserver: epsilon * observerShare,
                    delta: 1e-5), bytesPerDevice: .init(up: 411_522, down: 82_345),
                sumDigest: nil,
                quality: isDue
                    ? quality(accuracy * (1 - 0.7 * exp(-4 * done) + 0.01 * Double(round % 5 - 2)))
                    : nil)
        }
    }

    var result: SimulationResult {
        let isFinished = status == .finished
        return SimulationResult(
            scenario: name, status: status, aggregation: aggregation,
            rounds: .init(done: rounds, planned: plannedRounds),
            epsilon: .init(
                coordinator: metrics.last?.spent.epsilonCoordinator ?? 0,
                observer: metrics.last?.spent.epsilonObserver ?? 0), delta: 1e-5,
            individual: .init(
                worst: 4, ninetiethPercentile: 4, median: 3, least: 1, exhaustedShare: 0),
            quality: .init(
                private: isFinished ? quality(accuracy) : metrics.last?.quality,
                popularity: isFinished ? quality(0.5) : nil,
                nonPrivate: isFinished ? quality(0.68) : nil),
            devices: devices, survivors: metrics.last?.survivors[2] ?? 0,
            bytesPerDevice: .init(up: 411_522 * rounds, down: 82_345 * rounds),
            modelHash: String(repeating: "0f1e2d3c", count: 8), seconds: 71.3,
            peakMemoryBytes: 412_000_000,
            training: .init(
                deviceUpdates: devices * rounds, cpuSeconds: 63.2, updatesPerCPUSecond: 47.5),
            output: output)
    }

    var report: HTMLReport {
        HTMLReport(
            plan: plan, result: result, metrics: metrics,
            scenarioYAML: "name: \(name)\nseed: 1\nprivacy:\n  epsilon: 4\n  delta: 1e-5\n")
    }
}
