internal import SecureAggregation

/// Lies about who is in the sum. All vectors are out and masked: what keeps them secret is that
/// devices hand out one kind of share for each.
extension CoordinatorAttacks {
    /// The result where the coordinator wants both kinds of shares of the victim.
    private func late(
        _ attack: CoordinatorAttack, _ refusals: Refusals, _ shares: ShareCount, threshold: Int
    ) -> CoordinatorAttackResult {
        CoordinatorAttackResult(
            attack, refusals, shares.isEnough(threshold) ? .revealed : .refused,
            "Of one device it has \(shares.ofSelfMask) shares of the self mask and "
                + "\(shares.ofMaskingKey) of the masking key, and needs \(threshold) of both to "
                + "unmask it.")
    }

    func splitSurvivors() throws -> CoordinatorAttackResult {
        var round = try AttackedRound(setting)
        try round.runToMasking()
        let (all, without) = round.setsWithAndWithoutVictim
        var signed: [DeviceSet: [Endorsement]] = [:]
        for (place, member) in round.accepted.committee.enumerated() {
            if round.honest.contains(member) {
                let told = place % 2 == 0 || member == round.victim ? all : without
                signed[told, default: []].append(try round.endorse(member, told))
            } else {
                for told in [all, without] {
                    signed[told, default: []].append(
                        round.forgedEndorsement(of: told, by: member))
                }
            }
        }
        var refusals = Refusals()
        var shares = ShareCount(of: round.victim, in: round)
        for device in round.honest {
            let told = signed[all, default: []].contains { $0.device == device } ? all : without
            let request = round.request(told, signedBy: signed[told, default: []])
            if let answer = try refusals.ask({ try round.unmask(device, request) }) {
                shares.add(answer)
            }
        }
        return late(
            .splitSurvivors, refusals, shares, threshold: round.parameters.graph.threshold)
    }

    func askForBothShares() throws -> CoordinatorAttackResult {
        var round = try AttackedRound(setting)
        try round.runToMasking()
        let (all, without) = round.setsWithAndWithoutVictim
        let endorsements = try round.accepted.committee.map { try round.endorse($0, all) }
        let request = round.request(all, signedBy: endorsements)
        var shares = ShareCount(of: round.victim, in: round)
        for device in round.honest { shares.add(try round.unmask(device, request)) }
        let own = round.accepted.committee.filter { !round.honest.contains($0) }
            .map { round.forgedEndorsement(of: without, by: $0) }
        var refusals = Refusals()
        for device in round.honest {
            let lie =
                switch device % 3 {
                // The signatures under the other set, those of its own devices, and the set that was
                // signed once more.
                case 0:
                    round.request(
                        without, signedBy: endorsements.filter { $0.device != round.victim })
                case 1: round.request(without, signedBy: own)
                default: request
                }
            if let answer = try refusals.ask({ try round.unmask(device, lie) }) {
                shares.add(answer)
            }
        }
        return late(.bothShares, refusals, shares, threshold: round.parameters.graph.threshold)
    }

    func inflateSurvivors() throws -> CoordinatorAttackResult {
        var round = try AttackedRound(setting)
        try round.advertise()
        try round.share()
        // As many lost as may be, among them the last honest ones.
        let lost = round.honest.suffix(setting.cohortSize - setting.minimumSurvivors)
        let there = round.devices.indices.filter { !lost.contains($0) }
        try round.mask(there)
        let all = DeviceSet(round.devices.indices, cohortSize: setting.cohortSize)
        let endorsements = try round.accepted.committee.filter(there.contains).map {
            try round.endorse($0, all)
        }
        let request = round.request(all, signedBy: endorsements)
        var refusals = Refusals()
        var shares = ShareCount(of: round.victim, in: round)
        for device in round.honest where !lost.contains(device) {
            if let answer = try refusals.ask({ try round.unmask(device, request) }) {
                shares.add(answer)
            }
        }
        return late(
            .inflatedSurvivors, refusals, shares, threshold: round.parameters.graph.threshold)
    }
}

extension AttackedRound {
    /// All devices, and all but the victim.
    fileprivate var setsWithAndWithoutVictim: (all: DeviceSet, without: DeviceSet) {
        (
            DeviceSet(devices.indices, cohortSize: setting.cohortSize),
            DeviceSet(devices.indices.filter { $0 != victim }, cohortSize: setting.cohortSize)
        )
    }
}
