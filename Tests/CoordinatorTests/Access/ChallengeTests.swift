import Coordinator
import FederatedProtocol
import Sodium
import Testing

@Suite struct ChallengeTests {
    private let challenges = Challenges(key: AuthenticationKey([UInt8](repeating: 1, count: 32)))
    private let device: SigningKey
    private let challenge: [UInt8]

    init() throws {
        device = try SigningKey(seed: SecretBytes([UInt8](repeating: 8, count: 32)))
        var randomness = SystemRandomness()
        challenge = challenges.issue(now: 1_000_000, from: &randomness)
    }

    /// The code of the refusal, nil where there is none.
    private func refusal(
        identity: [UInt8]? = nil, challenge: [UInt8]? = nil, signedOrigin: String = "shop.example",
        now: Int64 = 1_000_001, alter: (inout [UInt8]) -> Void = { _ in }
    ) -> CallError.Code? {
        let identity = identity ?? device.publicKey
        let challenge = challenge ?? self.challenge
        var signature = device.sign(
            EnrolmentProof.hash(origin: signedOrigin, challenge: challenge, identity: identity))
        alter(&signature)
        do throws(CallError) {
            try challenges.check(
                identity: identity, challenge: challenge, signature: signature,
                origin: "shop.example", now: now)
        } catch { return error.code }
        return nil
    }

    @Test func `whoever has the key is recognised for five minutes`() {
        #expect(refusal() == nil)
        #expect(refusal(now: 1_000_000 + 300_000) == nil)
        #expect(refusal(now: 1_000_000 + 300_001) == .unauthenticated)
    }

    @Test func `a clock that goes back locks nobody out`() {
        #expect(refusal(now: 0) == nil)
        #expect(refusal(now: -1_000_000_000) == nil)
    }

    @Test func `no other signature, challenge, origin or identity passes`() throws {
        #expect(refusal { $0[0] ^= 1 } == .unauthenticated)
        #expect(refusal { $0 = [] } == .unauthenticated)
        #expect(refusal(signedOrigin: "shop.example/other") == .unauthenticated)
        #expect(refusal(identity: [UInt8](repeating: 3, count: 32)) == .unauthenticated)
        #expect(refusal(identity: [1, 2]) == .invalidArgument)
        #expect(refusal(challenge: []) == .unauthenticated)
        #expect(refusal(challenge: challenge + [0]) == .unauthenticated)
        for place in challenge.indices {
            var altered = challenge
            altered[place] ^= 0x40
            #expect(refusal(challenge: altered) == .unauthenticated)
        }
        // Not the extremes of time either, which nobody can seal.
        #expect(refusal(now: .max) == .unauthenticated)
    }

    @Test func `challenges differ`() {
        var randomness = SystemRandomness()
        let many = (0..<100).map { _ in challenges.issue(now: 0, from: &randomness) }
        #expect(Set(many).count == 100)
    }
}
