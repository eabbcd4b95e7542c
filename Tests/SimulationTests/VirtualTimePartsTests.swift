import FederatedProtocol
import Foundation
import Sodium
import Testing

@testable import Simulation

/// The parts of the simulation in virtual time.
@Suite struct VirtualTimePartsTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `events come out in their order, whenever they were put in`(seed: UInt64) {
        var randomness = SeededRandomness(seed: seed, label: "queue")
        var queue = EventQueue()
        var reference: [Event] = []
        var now = 0.0
        for stamp in 0..<3000 as Range<UInt32> {
            if Int.random(in: 0..<5, using: &randomness) < 3 {
                let reach = [0.0, 0.05, 3, 5000, 200_000][Int.random(in: 0..<5, using: &randomness)]
                let event = Event(
                    time: now + Double.random(in: 0...1, using: &randomness) * reach,
                    device: Int32.random(in: -2..<4, using: &randomness), stamp: stamp)
                queue.push(event)
                reference.append(event)
            } else {
                let expected = reference.min { $0.isBefore($1) }
                reference.removeAll { $0 == expected }
                let next = queue.pop()
                #expect(next == expected, "seed \(seed)")
                now = expected?.time ?? now
            }
            #expect(queue.count == reference.count)
        }
        var rest: [Event] = []
        while let event = queue.pop() { rest.append(event) }
        #expect(rest == reference.sorted { $0.isBefore($1) }, "seed \(seed)")
    }

    @Test func `who was there lately is counted as a list would`() {
        var randomness = SeededRandomness(seed: 1, label: "presence")
        var log = PresenceLog()
        var lastSeen = [Double](repeating: -.infinity, count: 60)
        var present: Set<Int> = []
        var now = 0.0
        for _ in 0..<20_000 {
            now +=
                Double.random(in: 0...1, using: &randomness)
                * (Bool.random(using: &randomness) ? 3 : 200)
            let device = Int.random(in: 0..<60, using: &randomness)
            log.see(device, at: now, before: lastSeen[device], staysNear: true)
            lastSeen[device] = now
            // The hour is one of whole minutes.
            let minute = Int(now / 60)
            #expect(log.active == lastSeen.count { $0 >= 0 && Int($0 / 60) > minute - 60 })
            guard Int.random(in: 0..<4, using: &randomness) == 0 else { continue }
            while let gone = log.takeDeparture(at: now) {
                if lastSeen[gone] < now - PresenceLog.presence { present.remove(gone) }
            }
            while let come = log.takeArrival() { present.insert(come) }
            #expect(present == Set((0..<60).filter { lastSeen[$0] >= now - PresenceLog.presence }))
        }
    }

    @Test func `draws have the distributions that they should`() {
        var draws = VirtualDraws(key: 1, 2, 3)
        let normal = (0..<200_000).map { _ in draws.normal() }
        // Standard errors 0.0022 and 0.0032; five and a half of them, a false alarm in 2e7.
        #expect(abs(normal.reduce(0, +) / 200_000) < 0.0125)
        #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / 200_000 - 1) < 0.0175)
        #expect(abs(Double(normal.count { $0 > 1.96 }) / 200_000 - 0.025) < 0.002)
        let exponential = (0..<200_000).map { _ in draws.exponential(mean: 3) }
        #expect(abs(exponential.reduce(0, +) / 200_000 - 3) < 0.037)
        let sorted = (0..<20_001).map { _ in draws.logNormal(median: 5, spread: 0.8) }.sorted()
        #expect(abs(sorted[10_000] - 5) < 0.2)
        #expect(draws.logNormal(median: 5, spread: 0) == 5)
    }

    @Test func `windows of a device follow each other without overlap, whoever asks when`() throws {
        var availability = Availability(PhoneModel(), startHour: 6, trace: nil, seed: 9)
        for device in 0..<50 {
            var windows: [AvailabilityWindow] = []
            var time = 0.0
            while time < 20 * 86_400 {
                let found = availability.window(of: device, after: time)
                let window = try #require(found)
                #expect(window.end > time && window.start < window.end)
                if let last = windows.last { #expect(window.start >= last.end) }
                windows.append(window)
                time = window.end
            }
            // Asked out of order, in the middle or just before.
            for window in windows.reversed() where window.start > 0 {
                let middle = (window.start + window.end) / 2
                let same = availability.window(of: device, after: middle)
                #expect(same == window)
                let before = availability.window(of: device, after: window.start.nextDown)
                #expect(before?.end ?? 0 <= window.end)
            }
        }
    }

    @Test func `a recorded session that is looked for at its own end is over, on any day`() throws {
        let file = try TraceFile(
            path: "sessions.csv", text: "device,start,end\n0,0,0.2\n0,7,9.7\n",
            columns: ["device", "start", "end"])
        let trace = try AvailabilityTrace(file, order: .cyclic, seed: 1)
        var time = 0.0
        for _ in 0..<2000 {
            let window = try #require(trace.window(of: 0, after: time))
            #expect(window.end > time)
            time = window.end
        }
        #expect(time > 999 * 86_400)
    }

    @Test func `recorded sessions are merged, and repeated day after day`() throws {
        let file = try TraceFile(
            path: "sessions.csv",
            text: """
                start,end,device,note
                100,200,7,a
                # a remark
                150,300,7,b
                90000,90500,7,c

                50,60,3,d
                """, columns: ["device", "start", "end"])
        let trace = try AvailabilityTrace(file, order: .cyclic, seed: 1)
        typealias Window = AvailabilityWindow
        // Device 0 has the first recorded one, number 3; the second is 7; two days make the period.
        #expect(trace.window(of: 0, after: 0) == Window(start: 50, end: 60))
        #expect(trace.window(of: 0, after: 60) == Window(start: 172_850, end: 172_860))
        #expect(trace.window(of: 1, after: 0) == Window(start: 100, end: 300))
        #expect(trace.window(of: 3, after: 300) == Window(start: 90_000, end: 90_500))
        #expect(trace.window(of: 1, after: 90_500) == Window(start: 172_900, end: 173_100))
        #expect(trace.window(of: 1, after: 173_000) == Window(start: 172_900, end: 173_100))
    }

    @Test(arguments: [
        ("device,start,end\n1,x,5\n", 2, "start", "x"), ("device,start,end\n\n1,2\n", 3, "end", ""),
        ("device,start,end\n1,5,5\n", 2, "end", "5.0"),
        ("device,begin,end\n1,5,5\n", 1, "start", "device,begin,end"),
        ("device,start,end\n1,-5,5\n", 2, "start", "-5"),
        ("device,start,end\n1,5,inf\n", 2, "end", "inf"),
    ])
    func `a bad line of a trace is named with its field`(
        text: String, line: Int, field: String, value: String
    ) {
        do {
            let file = try TraceFile(
                path: "t.csv", text: text, columns: ["device", "start", "end"])
            _ = try AvailabilityTrace(file, order: .cyclic, seed: 1)
            Issue.record("read \(text)")
        } catch .badTrace(let path, line, field, value, let expected) {
            #expect(path == "t.csv" && !expected.isEmpty)
        } catch { Issue.record("\(error)") }
    }

    @Test func `recorded capabilities take the place of drawn ones`() throws {
        let file = try TraceFile(
            path: "phones.csv", text: "speed,down,up\n2,10,5\n0.5,80,40\n",
            columns: Capabilities.columns)
        var phones = PhoneModel()
        let cyclic = try Capabilities(phones, NetworkModel(), trace: file, seed: 1)
        #expect(cyclic[2].speed == 2 && cyclic[3].speed == 0.5)
        #expect(cyclic[2].down == 1_250_000 && cyclic[2].up == 625_000)
        phones.traceOrder = .random
        let random = try Capabilities(phones, NetworkModel(), trace: file, seed: 1)
        let fast = (0..<1000).count { random[$0].speed == 2 }
        #expect((400...600).contains(fast))
        let zero = try TraceFile(
            path: "phones.csv", text: "speed,down,up\n0,10,5\n", columns: Capabilities.columns)
        #expect(throws: VirtualTimeError.self) {
            try Capabilities(PhoneModel(), NetworkModel(), trace: zero, seed: 1)
        }
    }

    @Test func `capabilities have the medians that were asked for`() throws {
        let capabilities = try Capabilities(PhoneModel(), NetworkModel(), trace: nil, seed: 4)
        let all = (0..<10_001).map { capabilities[$0] }
        func median(_ value: (Capability) -> Double) -> Double { all.map(value).sorted()[5000] }
        #expect(abs(median(\.speed) - 1) < 0.05)
        #expect(abs(median(\.down) / 2_500_000 - 1) < 0.07)
        #expect(abs(median(\.latency) / 0.06 - 1) < 0.04)
        #expect(all.allSatisfy { abs($0.down / $0.up - 2.5) < 1e-9 })
    }

    @Test func `outages that overlap are one, and random ones come at their rate`() {
        var model = OutageModel()
        model.fixed = [.init(start: 1, end: 3), .init(start: 2, end: 4), .init(start: 9, end: 10)]
        var fixed = Outages(model, seed: 1)
        let outages = [fixed.next(after: 0), fixed.next(after: 0), fixed.next(after: 0)]
        #expect(
            outages == [
                AvailabilityWindow(start: 3600, end: 4 * 3600),
                AvailabilityWindow(start: 9 * 3600, end: 36_000), nil,
            ])
        var rate = OutageModel()
        rate.perMonth = 30
        var random = Outages(rate, seed: 1)
        var (count, time) = (0, 0.0)
        while let outage = random.next(after: time), outage.start < 1000 * 86_400 {
            #expect(outage.start >= time && outage.end > outage.start)
            time = outage.end
            count += 1
        }
        #expect((850...1080).contains(count), "\(count)")
    }

    @Test func `a scenario without a model has no virtual time, and one with it all its keys`()
        throws
    {
        var none = try SettingsReader(yaml: "", source: "test", overrides: [])
        #expect(try VirtualTime.read(&none) == nil)
        var standard = try SettingsReader(
            yaml: "", source: "test", overrides: ["time.model=synchronous"])
        #expect(try VirtualTime.read(&standard) == VirtualTime())
        var changed = try SettingsReader(
            yaml: "", source: "test",
            overrides: [
                "time.model=asynchronous", "time.concurrency=77", "time.maskingSeconds=12.5",
                "phones.timeZones=1:2, 5.5", "phones.crash=0.5", "network.upMbps=3",
                "outages.at=30-34, 100-101.5",
            ])
        let time = try #require(try VirtualTime.read(&changed))
        #expect(time.model == .asynchronous && time.concurrency == 77)
        #expect(time.schedule.masking == 12_500)
        #expect(
            time.phones.timeZones == [
                .init(offset: 1, weight: 2), .init(offset: 5.5, weight: 1),
            ])
        #expect(time.phones.crash == 0.5 && time.network.upMbps == 3)
        #expect(time.outages.fixed == [.init(start: 30, end: 34), .init(start: 100, end: 101.5)])
    }

    @Test(arguments: [
        "time.model=sometimes", "phones.timeZones=east", "phones.timeZones=1:0",
        "phones.availability=trace", "outages.at=5-4", "outages.at=5", "network.loss=1",
    ])
    func `a value that does not do is refused`(override: String) throws {
        var reader = try SettingsReader(
            yaml: "", source: "test",
            overrides: override.hasPrefix("time.model")
                ? [override] : ["time.model=synchronous", override])
        #expect(throws: ScenarioError.self) { try VirtualTime.read(&reader) }
    }
}
