import DifferentialPrivacy
import FederatedProtocol
@testable import Fleet
import PrivacyLedger
import Recommender
import RoundFixtures
import Sodium
import SwiftProtobuf
import Testing

struct LedgerTrustTests {
    private static let query = SumQuery(
        name: "q", dimension: 4, clippingNorm: 1, budgetShare: 1, broadcastByteCount: 0)
    private let folder: ScratchFolder
    private let world: RoundWorld

    init() throws {
        folder = try ScratchFolder()
        var world = try RoundWorld(
            devices: 4, ledger: folder.path("ledger"), queries: [Self.query])
        try world.ledger.sign()
        self.world = world
    }

    /// A coordinator that shows an entry of the ledger as its opening.
    private func client(
        showing index: Int, provenAs proven: Int = 0, ledger: PrivacyLedger? = nil
    ) throws -> CoordinatorClient {
        let shown = try #require(try world.ledger.inclusion(of: index))
        let source = ledger ?? world.ledger
        let proof = try #require(try source.inclusion(of: proven))
        let checkpoint = try #require(source.checkpoint).note.string
        return try CoordinatorClient(
            url: "http://127.0.0.1:1",
            exchange: ScriptedExchange { request in
                request.isTo(.describe)
                    ? try HTTPExchangeResponse(
                        Covey_V1_DescribeResponse.with { $0.opening = Bytes(shown.entry) })
                    : try HTTPExchangeResponse(
                        Covey_V1_GetInclusionProofResponse.with {
                            $0.checkpoint = checkpoint
                            $0.inclusion = Covey_V1_LedgerInclusion(proof)
                        })
            }, retry: .quick)
    }

    @Test func `an opening that the ledger has is gone by`() async throws {
        let trust = try await LedgerTrust(asking: try client(showing: 0), expecting: nil)
        #expect(trust.opening == world.opening)
        let again = try await LedgerTrust(asking: try client(showing: 0), expecting: trust.key)
        #expect(again == trust)
    }

    @Test func `another ledger than the one that was pinned is refused`() async throws {
        let other = try VerificationKey(
            name: world.opening.origin, key: [UInt8](repeating: 9, count: 32))
        let client = try client(showing: 0)
        let error = try await #require(throws: FleetError.self) {
            _ = try await LedgerTrust(asking: client, expecting: other)
        }
        guard case .otherLedger(let expected, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(expected == other.description)
    }

    @Test func `an entry that is no opening is refused`() async throws {
        let client = try client(showing: 1)
        await #expect(throws: FleetError.self) {
            _ = try await LedgerTrust(asking: client, expecting: nil)
        }
    }

    @Test func `an opening is refused where another entry is proven`() async throws {
        let client = try client(showing: 0, provenAs: 1)
        await #expect(throws: FleetError.self) {
            _ = try await LedgerTrust(asking: client, expecting: nil)
        }
    }
}
