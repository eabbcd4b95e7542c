import Testing

@testable import OnDevice

@Suite struct ConsentTests {
    private let states: [Consent] = [
        .notAsked, .granted(at: 1), .paused(until: 100), .withdrawn(at: 2, isFinal: false),
        .withdrawn(at: 2, isFinal: true),
    ]

    @Test func `consent changes only as its owner can mean it`() {
        // Rows from, columns to, in the order of the states.
        let allowed = [
            [0, 1, 0, 1, 1],
            [0, 1, 1, 1, 1],
            [0, 1, 1, 1, 1],
            [0, 1, 0, 1, 1],
            [0, 0, 0, 0, 1],
        ]
        for (from, row) in zip(states, allowed) {
            for (to, isAllowed) in zip(states, row) {
                #expect(((try? from.changed(to: to)) == to) == (isAllowed == 1), "\(from) \(to)")
                if isAllowed == 0 {
                    #expect(throws: ParticipationError.consentNotPossible(from: from, to: to)) {
                        try from.changed(to: to)
                    }
                }
            }
        }
    }

    @Test func `a pause ends by itself, and nothing else does`() {
        #expect(
            states.map { $0.hindrance(at: 99) }
                == [.notAsked, nil, .paused(until: 100), .withdrawn, .withdrawn])
        #expect(
            states.map { $0.hindrance(at: 100) } == [.notAsked, nil, nil, .withdrawn, .withdrawn])
    }
}

@Suite struct EligibilityTests {
    @Test func `every condition that is not met is named`() {
        let eligibility = Eligibility(minimumEvents: 10)
        let good = DeviceConditions(
            isIdle: true, isCharging: true, isUnmetered: true, eventCount: 10)
        #expect(eligibility.hindrances(under: good).isEmpty)
        let bad = DeviceConditions(
            isIdle: false, isCharging: false, isUnmetered: false, eventCount: 9)
        #expect(
            eligibility.hindrances(under: bad)
                == [.inUse, .notCharging, .metered, .tooFewEvents(9, needed: 10)])
        let anything = Eligibility(
            requiresIdle: false, requiresCharging: false, requiresUnmetered: false)
        #expect(anything.hindrances(under: bad).isEmpty)
    }
}
