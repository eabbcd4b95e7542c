internal import Foundation
internal import PrivateAggregation
internal import SecureAggregation

/// Devices of the coordinator's own. Nothing in a round tells them from others, and nobody refuses:
/// up to the stated share, the noise of the honest devices alone is what was promised; beyond, the
/// promise rests on who is enrolled and how cohorts are drawn.
extension CoordinatorAttacks {
    func inviteSybils(
        _ count: Int, _ attack: CoordinatorAttack
    ) throws -> CoordinatorAttackResult {
        var setting = setting
        setting.sybils = count
        var round = try AttackedRound(setting)
        try round.runToMasking()
        let survivors = try round.coordinator.endMasking()
        var refusals = Refusals()
        for member in round.accepted.committee {
            try round.coordinator.receive(try round.endorse(member, survivors))
        }
        try round.coordinator.endEndorsing { _, _ in }
        for device in round.devices.indices {
            let request = try round.coordinator.unmaskingRequest(for: device)
            if round.honest.contains(device) {
                if let answer = try refusals.ask({ try round.unmask(device, request) }) {
                    try round.coordinator.receive(answer)
                }
            } else {
                try round.coordinator.receive(try round.unmask(device, request))
            }
        }
        var unmasked = try round.coordinator.reveal()
        // Its own devices added no noise, so that there is none of theirs to remove.
        unmasked.removedNoise.removeAll { !round.honest.contains($0.device) }
        let decoder = PrivateSumDecoder(plan: round.plan, session: round.parameters.session)
        let estimate = try decoder.decode(
            decoder.removeExcessNoise(from: unmasked), survivors: survivors.count)
        let deviation = estimate.values.deviation(from: round.plainSum(of: round.honest))

        let noise = round.plan.excessNoise
        func kept(_ devices: some Sequence<Int>) -> Int {
            devices.reduce(0) { sum, device in
                sum + noise.baseUnits
                    + noise.keptComponents(
                        rank: survivors.rank(of: device), survivors: survivors.count)
            }
        }
        // Nobody is counted on to hide behind the noise of their own device.
        let isAsPromised = kept(round.honest.dropFirst()) >= noise.targetUnits
        let promised =
            round.plan.granularity
            * (Double(noise.targetUnits) * round.plan.unitVariance).squareRoot()
        let finding = String(
            format: "It gets the sum of %d honest devices, with noise of a standard deviation of "
                + "%.2f (measured) where %.2f was promised: %.1f times the promised privacy loss "
                + "(rho).",
            round.honest.count, deviation, promised,
            Double(noise.targetUnits) / Double(kept(round.honest)))
        return CoordinatorAttackResult(
            attack, refusals, isAsPromised ? .asPromised : .revealed, finding)
    }
}

extension [Float] {
    /// The root mean square of the differences.
    fileprivate func deviation(from others: [Float]) -> Double {
        let squares = zip(self, others).reduce(0.0) {
            $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
        }
        return (squares / Double(Swift.max(1, count))).squareRoot()
    }
}
