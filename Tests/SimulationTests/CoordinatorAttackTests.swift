import Foundation
import Testing

@testable import Simulation

@Suite struct CoordinatorAttackTests {
    @Test func `every lie within the model is refused by everybody who is told it`() throws {
        let expected: [CoordinatorAttack: Set<String>] = [
            .ownKeys: ["forged signature"], .inventedDevice: ["not in the roster"],
            .mixedSessions: ["forged signature"], .shrunkenCohort: ["refused terms"],
            .replayedRound: ["replayed round"], .lessNoise: ["refused terms"],
            .withheldShares: ["withheld share"], .tamperedShares: ["forged share"],
            .splitSurvivors: ["too few endorsements"],
            .bothShares: ["forged signature", "too few endorsements", "unexpected step"],
            .inflatedSurvivors: ["missing inclusion"],
        ]
        let attacks = CoordinatorAttacks(seed: 7)
        for (attack, errors) in expected {
            let result = try attacks.result(of: attack)
            #expect(result.outcome == .refused, "\(attack)")
            #expect(result.refused == result.asked && result.asked > 0, "\(attack)")
            #expect(Set(result.reasons.map(\.error)) == errors, "\(attack)")
            #expect(result.reasons.reduce(0) { $0 + $1.devices } == result.refused)
            #expect(result.attack == attack && result.lie == attack.lie)
        }
    }

    @Test func `Sybils within the stated share leave the promised noise, and more do not`() throws {
        let attacks = CoordinatorAttacks(seed: 8)
        let invited = try attacks.result(of: .invitedSybils)
        #expect(invited.outcome == .asPromised && invited.refused == 0 && invited.asked == 21)
        let surrounded = try attacks.result(of: .surroundedVictim)
        #expect(surrounded.outcome == .revealed && surrounded.refused == 0)
        #expect(surrounded.asked == 1)
        // One Sybil above the share, and the noise of the others no longer is what was promised.
        var more = attacks
        more.setting.sybils = 4
        #expect(try more.inviteSybils(4, .invitedSybils).outcome == .revealed)
    }

    /// What says that nothing was revealed must be able to say the opposite.
    @Test func `a committee full of Sybils signs two sets, and both kinds of shares come out`()
        throws
    {
        var attacks = CoordinatorAttacks(seed: 7)
        attacks.setting.sybils = 12
        let split = try attacks.result(of: .splitSurvivors)
        #expect(split.outcome == .revealed && split.refused < split.asked)
    }

    @Test func `results are a table that can be written and read`() throws {
        let results = try CoordinatorAttacks(seed: 1).results()
        #expect(results.map(\.attack) == CoordinatorAttack.allCases)
        let data = try JSONEncoder().encode(results)
        #expect(try JSONDecoder().decode([CoordinatorAttackResult].self, from: data) == results)
        #expect(try CoordinatorAttacks(seed: 1).results() == results)
    }
}
