@testable import Fleet
import Testing

struct FleetBehavioursTests {
    private func read(_ yaml: String) throws -> FleetBehaviours {
        try FleetBehaviours(yaml: yaml, source: "b.yaml")
    }

    @Test func `every key is read`() throws {
        let behaviours = try read(
            """
            groups:
              - name: tunnels
                share: 0.25
                flaky: {before: 0.1, after: 0.2}
              - count: 3
                dropAt: mask
                slow: {from: 1, to: 5}
              - count: 1
                malicious: replay
              - count: 2
                offline: 22-7
                slow: 2
            """)
        let groups = behaviours.groups
        #expect(groups.map(\.size) == [.share(0.25), .count(3), .count(1), .count(2)])
        #expect(groups[0].behaviour.loss == .init(before: 0.1, after: 0.2))
        #expect(groups[1].behaviour.dropAt == .mask)
        #expect(groups[1].behaviour.delay == .uniform(1, 5))
        #expect(groups[2].behaviour.misconduct == .replay)
        #expect(groups[3].behaviour.offline == .init(first: 22, end: 7))
        #expect(groups[3].behaviour.delay == .constant(2))
        #expect(
            behaviours.summary(devices: 20) == [
                "5 tunnels", "3 lost before they mask, slow", "1 malicious (replay)",
                "2 slow, offline for hours", "9 honest",
            ])
    }

    @Test func `a file without groups has honest devices only`() throws {
        #expect(try read("").groups.isEmpty)
        #expect(try read("groups: []").summary(devices: 4) == ["4 honest"])
    }

    @Test(arguments: [
        ("group: []", "line 1"), ("groups:\n  - share: 0.1\n    dropat: mask", "line 3"),
        ("groups:\n  - share: 0.1\n    flaky: {befor: 0.1}", "line 3"),
    ])
    func `an unknown key is refused with its line`(yaml: String, line: String) throws {
        let error = try #require(throws: BehaviourError.self) { try read(yaml) }
        guard case .unknownKey(_, let place, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(place == "b.yaml, \(line)")
    }

    @Test(arguments: [
        "groups:\n  - share: 1.5\n    dropAt: mask", "groups:\n  - count: -1\n    dropAt: mask",
        "groups:\n  - count: 1\n    dropAt: never", "groups:\n  - count: 1\n    malicious: yes",
        "groups:\n  - count: 1\n    slow: {from: 5, to: 1}",
        "groups:\n  - count: 1\n    slow: {from: 5}", "groups:\n  - count: 1\n    offline: 7",
        "groups:\n  - count: 1\n    offline: 7-25", "groups:\n  - count: 1\n    flaky: {after: 2}",
        "groups: 3",
    ])
    func `a value that does not fit is refused with its line`(yaml: String) throws {
        let error = try #require(throws: BehaviourError.self) { try read(yaml) }
        guard case .badValue(_, _, let place) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(place.hasPrefix("b.yaml, line "))
    }

    @Test(arguments: [
        "groups:\n  - dropAt: mask", "groups:\n  - count: 1\n    share: 0.1\n    dropAt: mask",
        "groups:\n  - count: 1", "- 1", "groups: [",
    ])
    func `what is not built as a file of behaviours is refused`(yaml: String) throws {
        let error = try #require(throws: BehaviourError.self) { try read(yaml) }
        guard case .malformed = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `devices keep their groups from run to run`() throws {
        let behaviours = try read("groups:\n  - share: 0.3\n    dropAt: mask")
        let first = try behaviours.assignment(devices: 50)
        #expect(try behaviours.assignment(devices: 50) == first)
        #expect(first.count { $0 != nil } == 15)
        #expect(throws: BehaviourError.tooMany(asked: 60, devices: 50)) {
            try read("groups:\n  - count: 60\n    dropAt: mask").assignment(devices: 50)
        }
    }

    @Test func `hours may go over midnight`() {
        let night = DeviceBehaviour.OfflineHours(first: 22, end: 7)
        #expect([0, 6, 22, 23].allSatisfy { night.contain(Int64($0) * 3600) })
        #expect([7, 12, 21].allSatisfy { !night.contain(Int64($0) * 3600) })
        let noon = DeviceBehaviour.OfflineHours(first: 12, end: 13)
        #expect(noon.contain(86_400 * 20_000 + 12 * 3600 + 59))
        #expect(!noon.contain(86_400 * 20_000 + 13 * 3600))
    }
}
