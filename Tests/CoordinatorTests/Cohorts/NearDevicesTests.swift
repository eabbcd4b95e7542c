import Testing

@testable import Coordinator

@Suite struct NearDevicesTests {
    @Test func `so many devices are kept near, and those that go give up their places`() {
        var near = NearDevices()
        // Half a minute is long.
        func keep(_ devices: [Int], at now: Int64) -> [Bool] {
            devices.map { near.keep($0, at: now, since: now - 30_000, most: 2) }
        }
        #expect(keep([1, 2, 3], at: 1000) == [true, true, false])
        #expect(keep([1], at: 31_500) == [true])
        #expect(near.present(since: 1500) == [1])
        #expect(keep([3, 2], at: 31_600) == [true, false])
        #expect(near.present(since: 1600) == [1, 3])
        near.release([1])
        #expect(keep([2], at: 31_700) == [true])
        #expect(near.present(since: 1700) == [2, 3])
    }
}
