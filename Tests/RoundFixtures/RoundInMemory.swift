package import FederatedProtocol
package import PrivacyLedger
internal import PrivateAggregation
package import Recommender
package import SecureAggregation
package import Sodium

/// The coordinator's side of one round in memory: messages in, messages out, as bytes.
package struct RoundInMemory: Sendable {
    package enum Step: Int, Sendable {
        case advertising, sharing, masking, endorsing, unmasking, ended
    }

    package let plan: RoundPlan
    package let parameters: AggregationParameters
    package let roster: Roster
    package let identities: [SigningKey]
    package let commitment: CohortCommitment
    package let checkpoint: Checkpoint
    package let task: LedgerInclusion
    package let announced: LedgerInclusion
    package private(set) var coordinator: AggregationCoordinator
    package private(set) var step = Step.advertising
    package private(set) var survivors = DeviceSet([], cohortSize: 2)
    package private(set) var sum: NoisySum?

    package init(
        plan: RoundPlan, parameters: AggregationParameters, roster: Roster,
        identities: [SigningKey], commitment: CohortCommitment, checkpoint: Checkpoint,
        task: LedgerInclusion, announced: LedgerInclusion, coordinator: AggregationCoordinator
    ) {
        self.plan = plan
        self.parameters = parameters
        self.roster = roster
        self.identities = identities
        self.commitment = commitment
        self.checkpoint = checkpoint
        self.task = task
        self.announced = announced
        self.coordinator = coordinator
    }

    /// What is offered to a device, to be altered by a coordinator that lies.
    package struct OfferParts {
        package var checkpoint: Checkpoint
        package var consistency: [[UInt8]]
        package var task: LedgerInclusion
        package var plan: LedgerInclusion
        package var membership: CohortMembership
        package var member: RosterMember
        package var rosterRoot: [UInt8]
        package var graph: GraphSecurity
        package var committee: CommitteeSecurity

        package func offer() throws -> RoundOffer {
            try RoundOffer(
                checkpoint: checkpoint, consistency: consistency, task: task, plan: plan,
                membership: membership, member: member, rosterRoot: rosterRoot, graph: graph,
                committee: committee)
        }
    }

    package func parts(for device: Int, consistency: [[UInt8]] = []) throws -> OfferParts {
        guard let membership = try commitment.membership(of: identities[device].publicKey) else {
            throw DeviceRefusal.notInvited
        }
        return OfferParts(
            checkpoint: checkpoint, consistency: consistency, task: task, plan: announced,
            membership: membership, member: roster.member(device), rosterRoot: roster.root,
            graph: parameters.graph, committee: parameters.committee)
    }

    /// Takes a device's message of the current step.
    package mutating func receive(_ message: [UInt8], from device: Int) throws {
        switch step {
        case .advertising:
            try coordinator.receive(KeyAdvertisement(decoding: message, under: parameters))
        case .sharing:
            try coordinator.receive(
                SealedShares(decoding: message, under: parameters), from: device)
        case .masking: try coordinator.receive(MaskedInput(decoding: message, under: parameters))
        case .endorsing: try coordinator.receive(Endorsement(decoding: message, under: parameters))
        case .unmasking:
            try coordinator.receive(UnmaskingShares(decoding: message, under: parameters))
        case .ended: break
        }
    }

    /// Ends the current step.
    package mutating func endStep() throws {
        switch step {
        case .advertising: try coordinator.endAdvertising()
        case .sharing: try coordinator.endSharing()
        case .masking: survivors = try coordinator.endMasking()
        case .endorsing: try coordinator.endEndorsing { _, _ in }
        case .unmasking:
            let decoder = PrivateSumDecoder(plan: plan.sum, session: plan.session)
            let estimate = try decoder.decode(
                try decoder.removeExcessNoise(from: try coordinator.reveal()),
                survivors: survivors.count)
            sum = NoisySum(
                values: estimate.values, noiseStandardDeviation: estimate.standardDeviation,
                contributors: survivors.count)
        case .ended: break
        }
        step = Step(rawValue: step.rawValue + 1) ?? .ended
    }

    /// What a device is told in the current step; nil where nothing.
    package func message(for device: Int) throws -> [UInt8]? {
        switch step {
        case .advertising, .ended: nil
        case .sharing: coordinator.introductions(for: device).encoded
        case .masking: coordinator.shares(for: device).encoded
        case .endorsing:
            coordinator.committee.contains(device) && survivors.contains(device)
                ? survivors.encoded : nil
        case .unmasking:
            survivors.contains(device)
                ? try coordinator.unmaskingRequest(for: device).encoded : nil
        }
    }
}
