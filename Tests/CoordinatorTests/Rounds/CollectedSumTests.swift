import Coordinator
import FederatedProtocol
import SecureAggregation
import Sodium
import Testing

@Suite struct CollectedSumTests {
    let fixture: RoundFixture

    init() throws { fixture = try RoundFixture.make() }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `a cohort over three collectors gives the sum of one`(seed: UInt64) throws {
        var driver = try RoundDriver(fixture, seed: seed)
        driver.collectorNames = ["leader", "second", "third"]
        try driver.run()
        #expect(driver.surprises.isEmpty)
        #expect(driver.collectors["second"]?.count == 4 && driver.collectors["third"]?.count == 4)
        #expect(driver.ending == .completed(survivors: Array(0..<12)))
        let isRight = fixture.isSum(try #require(driver.sum), of: Array(0..<12))
        #expect(isRight)
        // Masking ended when all were in, wherever they were.
        #expect((driver.live.stepEnds.last ?? .max) < 15_000)
    }

    @Test func `a collector that dies costs its devices, and the round goes on without them`()
        throws
    {
        var driver = try RoundDriver(fixture)
        driver.collectorNames = ["leader", "leader", "second", "leader"]
        driver.dead = ["second"]
        try driver.run()
        let left = (0..<12).filter { $0 % 4 != 2 }
        #expect(driver.ending == .completed(survivors: left))
        let isRight = fixture.isSum(try #require(driver.sum), of: left)
        #expect(isRight)
        for device in [2, 6, 10] {
            #expect(
                driver.endings[device]
                    == .ended(
                        completed: false,
                        reason: "masking ended before this device's message came"))
        }
    }
}
