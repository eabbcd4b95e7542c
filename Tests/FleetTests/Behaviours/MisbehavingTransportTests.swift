import FederatedProtocol
@testable import Fleet
import OnDevice
import Synchronization
import Testing

struct MisbehavingTransportTests {
    /// Remembers what is sent.
    private final class Recorder: RoundTransport {
        private let remembered = Mutex((sent: [[UInt8]](), left: 0))

        var sent: [[UInt8]] { remembered.withLock { $0.sent } }
        var left: Int { remembered.withLock { $0.left } }

        func offer(knowing size: Int?) async throws -> RoundOffer? { nil }
        func send(_ message: [UInt8], in session: [UInt8]) async throws {
            remembered.withLock { $0.sent.append(message) }
        }
        func nextMessage(in session: [UInt8]) async throws -> [UInt8]? { nil }
        func leave(_ session: [UInt8]) async throws { remembered.withLock { $0.left += 1 } }
    }

    private let masked: [UInt8] = [5] + [UInt8](repeating: 7, count: 100)
    private let advertisement: [UInt8] = [1] + [UInt8](repeating: 7, count: 100)
    private let shares: [UInt8] = [9] + [UInt8](repeating: 7, count: 100)

    private func sent(
        _ messages: [[UInt8]], _ misconduct: DeviceBehaviour.Misconduct
    ) async throws -> [[UInt8]] {
        let recorder = Recorder()
        var behaviour = DeviceBehaviour()
        behaviour.misconduct = misconduct
        let transport = MisbehavingTransport(recorder, behaviour)
        for message in messages { try await transport.send(message, in: []) }
        try await transport.leave([])
        #expect(recorder.left == 0)
        return recorder.sent
    }

    @Test func `a device is silent from its step on`() async throws {
        let recorder = Recorder()
        var behaviour = DeviceBehaviour()
        behaviour.dropAt = .mask
        let transport = MisbehavingTransport(recorder, behaviour)
        try await transport.send(advertisement, in: [])
        await #expect(throws: (any Error).self) { try await transport.send(masked, in: []) }
        await #expect(throws: (any Error).self) { try await transport.send(shares, in: []) }
        try await transport.leave([])
        #expect(recorder.sent == [advertisement] && recorder.left == 0)
    }

    @Test func `a replayed message is that of an earlier round`() async throws {
        let later = masked.map { $0 ^ 2 }.enumerated().map { $0 == 0 ? 5 : $1 }
        #expect(try await sent([masked, later], .replay) == [masked, masked])
    }

    @Test func `garbage has the right kind and length`() async throws {
        let garbage = try #require(try await sent([masked], .garbage).first)
        #expect(garbage.first == 5 && garbage.count == masked.count && garbage != masked)
    }

    @Test func `a wrong share is one in the last message only`() async throws {
        let found = try await sent([advertisement, masked, shares], .wrongShare)
        #expect(found[0] == advertisement && found[1] == masked)
        #expect(found[2].dropLast() == shares.dropLast() && found[2] != shares)
    }

    @Test func `signatures are wrong where they stand`() async throws {
        let found = try await sent([masked, advertisement, shares], .wrongSignature)
        #expect(found[0].indices.filter { found[0][$0] != masked[$0] } == [5])
        #expect(found[1].indices.filter { found[1][$0] != advertisement[$0] } == [101 - 64])
        #expect(found[2] == shares)
    }

    @Test func `two contributions differ`() async throws {
        let found = try await sent([masked], .doubleContribution)
        #expect(found.count == 2 && found[0] == masked && found[1] != masked)
    }

    @Test func `another device's number and a megabyte too much`() async throws {
        #expect(try await sent([masked], .otherDevice).first?[1] == 6)
        #expect(try await sent([masked], .oversize).first?.count == masked.count + 1 << 20)
    }
}
