import Foundation
import Testing

@testable import PrivacyAudit

@Suite struct AuditBoundTests {
    private func coded(_ bound: AuditBound) throws -> (json: String, back: AuditBound) {
        let data = try JSONEncoder().encode(bound)
        return (
            String(decoding: data, as: UTF8.self),
            try JSONDecoder().decode(AuditBound.self, from: data)
        )
    }

    @Test func `bounds survive JSON, also infinite ones`() throws {
        let level = try AuditLevel(delta: 1e-5)
        for epsilon in [0, 1.25, .infinity] {
            let bound = AuditBound(.normalShift, epsilon: epsilon, at: level)
            #expect(try coded(bound).back == bound)
        }
        let finite = try coded(AuditBound(.oneRun, epsilon: 1.25, at: level)).json
        #expect(finite.contains("\"epsilon\":1.25"))
        #expect(!finite.contains("assumption"))
        let infinite = try coded(AuditBound(.normalShift, epsilon: .infinity, at: level)).json
        #expect(infinite.contains("\"epsilon\":\"infinity\""))
        #expect(infinite.contains("N(0, s^2)"))
    }

    @Test func `an epsilon that is another word is refused`() {
        let json = #"{"method":"oneRun","epsilon":"much","delta":0,"confidence":0.95}"#
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(AuditBound.self, from: Data(json.utf8))
        }
    }

    @Test func `all methods are tried on scores, each at the level that was asked for`() throws {
        let scores = try CanaryScores([(1, true), (0, false)])
        let bounds = scores.bounds(at: try AuditLevel(delta: 1e-6, confidence: 0.99))
        #expect(
            bounds.map(\.method) == [
                .oneRun, .oneRunTradeOff, .oneRunGaussian, .normalShift,
                .normalShiftEstimatedNull, .threshold,
            ])
        #expect(bounds.allSatisfy { $0.epsilon == 0 && $0.delta == 1e-6 && $0.confidence == 0.99 })
        #expect(bounds.map { $0.objection == nil } == [true, true, true, false, false, true])
        #expect(bounds.map { $0.assumption == nil } == [true, true, false, false, false, false])
        #expect(
            try CanaryScores([]).bounds(at: AuditLevel(delta: 0)).allSatisfy { $0.epsilon == 0 })
    }
}
