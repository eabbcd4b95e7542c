@testable import Fleet
import Simulation
import Testing

struct RunEndTests {
    @Test func `what is done before the end is the result`() async throws {
        #expect(try await RunEnd(interruption: Interruption()).cutting { 7 } == 7)
        let end = RunEnd(interruption: Interruption(), limit: .seconds(3600))
        #expect(try await end.cutting { 7 } == 7)
    }

    @Test func `a time that is up cuts what would last`() async throws {
        let end = RunEnd(interruption: Interruption(), limit: .milliseconds(1))
        let result: Int? = try await end.cutting {
            try await Task.sleep(for: .seconds(3600))
            return 7
        }
        #expect(result == nil)
    }

    @Test func `an interruption cuts what would last`() async throws {
        let interruption = Interruption()
        let result: Int? = try await RunEnd(interruption: interruption).cutting {
            interruption.request()
            try await Task.sleep(for: .seconds(3600))
            return 7
        }
        #expect(result == nil)
    }

    @Test func `a failure before the end is thrown`() async throws {
        await #expect(throws: FleetError.noTask("films")) {
            try await RunEnd(interruption: Interruption()).cutting {
                throw FleetError.noTask("films")
            }
        }
    }
}
