import Coordinator
import FederatedProtocol
import Sodium
import Testing

@Suite struct TokenTests {
    let key = AuthenticationKey([UInt8](repeating: 1, count: 32))
    let identity = [UInt8](repeating: 200, count: 32)

    private func expect(
        _ code: CallError.Code, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) {
        #expect(sourceLocation: sourceLocation) {
            try body()
        } throws: {
            ($0 as? CallError)?.code == code
        }
    }

    @Test func `a bearer token stands for its identity until it expires`() throws {
        let tokens = BearerTokens(key: key, validity: 1000)
        let (text, expires) = tokens.issue(to: identity, now: 5)
        #expect(expires == 1005)
        #expect(try tokens.check(text, now: 1004) == identity)
        expect(.unauthenticated) { _ = try tokens.check(text, now: 1005) }
        // The clock of another coordinator may be behind.
        #expect(try tokens.check(text, now: -9) == identity)
    }

    @Test func `no character of a bearer token can be changed`() throws {
        let tokens = BearerTokens(key: key, validity: 1000)
        let text = Array(tokens.issue(to: identity, now: 0).text.utf8)
        for place in text.indices {
            for other in [UInt8(ascii: "A"), UInt8(ascii: "-"), UInt8(ascii: "="), 0, 200]
            where text[place] != other {
                var altered = text
                altered[place] = other
                let forged = String(decoding: altered, as: UTF8.self)
                expect(.unauthenticated) { _ = try tokens.check(forged, now: 0) }
            }
        }
        for text in ["", "A", "AAAA", String(repeating: "A", count: 100_000)] {
            expect(.unauthenticated) { _ = try tokens.check(text, now: 0) }
        }
    }

    @Test func `tokens of another key or for another use are worth nothing`() throws {
        let other = BearerTokens(
            key: AuthenticationKey([UInt8](repeating: 2, count: 32)), validity: 1000)
        expect(.unauthenticated) {
            _ = try other.check(
                BearerTokens(key: key, validity: 1000).issue(to: identity, now: 0).text, now: 0)
        }
        let ticket = ticket().text(key: key)
        expect(.unauthenticated) {
            _ = try BearerTokens(key: key, validity: 1000).check(ticket, now: 0)
        }
    }

    private func ticket() -> UploadTicket {
        UploadTicket(
            session: [UInt8](repeating: 4, count: 32), replica: "coordinator-2", device: 1 << 20,
            identity: identity, inclusionHash: [UInt8](repeating: 255, count: 32),
            vectorLength: 100_000, modulusBits: 17, expires: 50)
    }

    @Test func `a ticket is what was written until it expires`() throws {
        let text = ticket().text(key: key)
        #expect(text.utf8.allSatisfy { $0.isURLSafe })
        #expect(try UploadTicket(text: text, key: key, now: 49) == ticket())
        expect(.permissionDenied) { _ = try UploadTicket(text: text, key: key, now: 50) }
        #expect(ticket().maskedInputByteCount == 69 + 212_500)
        var altered = Array(text.utf8)
        for place in altered.indices {
            let original = altered[place]
            altered[place] = original == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
            let forged = String(decoding: altered, as: UTF8.self)
            altered[place] = original
            // The last character has bits that stand for nothing.
            guard place < altered.count - 1 else { continue }
            expect(.permissionDenied) { _ = try UploadTicket(text: forged, key: key, now: 0) }
        }
    }

    @Test func `an operator's tokens differ, and their hashes tell nothing of use elsewhere`() {
        var randomness = SystemRandomness()
        let tokens = (0..<500).map { _ in EnrolmentTokens.make(from: &randomness) }
        #expect(Set(tokens).count == 500)
        #expect(tokens.allSatisfy { $0.utf8.count == 32 && $0.utf8.allSatisfy(\.isURLSafe) })
        // All 32 digits occur; one is missing from 16,000 draws once in 1e220.
        #expect(Set(tokens.joined()).count == 32)
        #expect(EnrolmentTokens.hash("abc") == EnrolmentTokens.hash("abc"))
        #expect(EnrolmentTokens.hash("abc") != EnrolmentTokens.hash("abd"))
        #expect(EnrolmentTokens.hash("abc") != BLAKE2b.hash(Array("abc".utf8)))
    }
}

extension UInt8 {
    fileprivate var isURLSafe: Bool {
        let character = Character(UnicodeScalar(self))
        return character.isASCII && (character.isLetter || character.isNumber)
            || character == "-" || character == "_"
    }
}
