import PrivacyLedger

/// Bugs that private sums have had, or could have.
enum Fault: CaseIterable, Hashable {
    // How much noise there is.
    case noNoise, halfTheVariance, quarterOfTheVariance, mostDevicesAddNoNoise, halfTheCoordinates
    case onlyWhereTheVectorIsNotZero, sameNoiseInAllCoordinates, noiseBeforeScaling
    case deviationTruncatedToAnInteger, keptNoiseIsRemoved, excessNoiseIsRemovedTwice
    case noiseOfTheCoordinatorAlone

    // Which law it follows.
    case gaussianRoundedTowardZero, uniformNoise, clampedNoise, noiseWithoutSign
    case skellamForDiscreteGaussian, floatingPointNoise

    // Where its seeds come from.
    case seedsOfTheRoundBefore, seedsSharedByDevices, seedsOf32Bits, hashedSeedsOf32Bits
    case seedsFromPublicNames

    // What a device may contribute.
    case noClip, clipAfterNoise, clipOfEachCoordinate, clipToTwiceTheNorm, normIsNotChecked
    case weightAfterClip, granularityHalvedEverywhere

    // What happens to the sum.
    case modulusTooSmall, uploadsCountedTwice, granularityHalvedInDecoding, sumPublishedBesides
    case oneDeviceCountedTenTimes

    // Which parameters are recorded.
    case rateBelowTheOneUsed, coinsNotFlipped, collusionIgnored, minimumLowered
    case additionRecordedForFixedCohort, otherPlanRecorded, aggregationWithoutMasks
    case cohortOfAnotherRound, sessionUsedTwice, sessionAndSeedsUsedTwice

    // Which figures are recorded.
    case chargeAfterRelease, lastRoundNotCharged, oneMoreRoundThanAnnounced, roundChargedTwice
    case noiseOfAllThatWereInvited, survivorsOverstated, rhoHalved, epsilonOfTheLastRound
    case epsilonAtAnotherDelta, budgetExceeded, modelChangedBetweenRounds, twoReleasesOfARound

    /// All that must find it, and nothing else may.
    var alarms: Set<Alarm> {
        switch self {
        case .noNoise, .halfTheVariance, .quarterOfTheVariance, .halfTheCoordinates,
            .onlyWhereTheVectorIsNotZero, .sameNoiseInAllCoordinates, .noiseBeforeScaling,
            .noiseWithoutSign:
            [.audit, .noise]
        // The devices that are looked at are in order.
        case .mostDevicesAddNoNoise: [.audit]
        // The right amount of noise in the sum, which devices do not see.
        case .noiseOfTheCoordinatorAlone: [.noise, .sum]
        // More noise, or hardly less: no audit can tell.
        case .keptNoiseIsRemoved, .excessNoiseIsRemovedTwice: [.sum]
        case .deviationTruncatedToAnInteger, .gaussianRoundedTowardZero, .uniformNoise,
            .clampedNoise, .skellamForDiscreteGaussian:
            [.noise]
        case .floatingPointNoise: [.decoding]
        // The noise cancels wherever the signs of both rotations agree, which is in half of the
        // coordinates, and doubles in the others: scores are not normal unless the session, and
        // with it the rotation, is the same too.
        case .seedsOfTheRoundBefore: [.seeds]
        case .sessionAndSeedsUsedTwice: [.audit, .seeds, .ledger(.session), .device]
        // Devices whose draws are the same are not many draws.
        case .seedsSharedByDevices: [.noise, .seeds]
        case .seedsOf32Bits, .hashedSeedsOf32Bits, .seedsFromPublicNames: [.seeds]
        case .noClip, .clipOfEachCoordinate, .clipToTwiceTheNorm, .weightAfterClip:
            [.audit, .norm]
        case .clipAfterNoise: [.audit, .norm, .sum]
        case .normIsNotChecked: [.norm]
        case .granularityHalvedEverywhere: [.audit, .norm, .decoding]
        case .modulusTooSmall, .uploadsCountedTwice, .oneDeviceCountedTenTimes: [.sum]
        case .granularityHalvedInDecoding: [.decoding]
        case .sumPublishedBesides: [.audit]
        // The ledger is in order: nobody but the audit knows how often a device takes part.
        case .rateBelowTheOneUsed: [.audit]
        case .coinsNotFlipped, .collusionIgnored, .minimumLowered: [.ledger(.cohort), .device]
        case .additionRecordedForFixedCohort: [.ledger(.cohort)]
        case .otherPlanRecorded: [.audit, .noise, .device]
        case .aggregationWithoutMasks: [.ledger(.aggregation), .device]
        case .cohortOfAnotherRound: [.device]
        case .chargeAfterRelease: [.ledger(.uncharged), .ledger(.order)]
        case .lastRoundNotCharged: [.audit, .ledger(.uncharged)]
        case .oneMoreRoundThanAnnounced, .roundChargedTwice, .twoReleasesOfARound:
            [.ledger(.order)]
        case .noiseOfAllThatWereInvited: [.ledger(.noise)]
        case .survivorsOverstated: [.ledger(.cohort), .ledger(.noise)]
        case .rhoHalved: [.ledger(.noise), .ledger(.epsilon)]
        case .epsilonOfTheLastRound, .epsilonAtAnotherDelta: [.ledger(.epsilon)]
        case .budgetExceeded: [.ledger(.budget), .device]
        case .sessionUsedTwice: [.ledger(.session), .device]
        case .modelChangedBetweenRounds: [.ledger(.model)]
        }
    }

    /// Whether the bug is in the code of noise, which devices and coordinator share: the
    /// coordinator takes off the same draws that devices have added.
    var isInNoise: Bool {
        switch self {
        case .noNoise, .halfTheVariance, .quarterOfTheVariance, .mostDevicesAddNoNoise,
            .halfTheCoordinates, .onlyWhereTheVectorIsNotZero, .sameNoiseInAllCoordinates,
            .noiseBeforeScaling, .deviationTruncatedToAnInteger, .gaussianRoundedTowardZero,
            .uniformNoise, .clampedNoise, .noiseWithoutSign, .skellamForDiscreteGaussian:
            true
        default: false
        }
    }

    /// Whether the bug is only in what is written down: rounds, and the checks of their integers,
    /// are those without a bug.
    var isOnPaper: Bool {
        switch self {
        case .rateBelowTheOneUsed, .coinsNotFlipped, .additionRecordedForFixedCohort,
            .aggregationWithoutMasks, .cohortOfAnotherRound, .chargeAfterRelease,
            .lastRoundNotCharged, .oneMoreRoundThanAnnounced,
            .roundChargedTwice, .noiseOfAllThatWereInvited, .survivorsOverstated, .rhoHalved,
            .epsilonOfTheLastRound, .epsilonAtAnotherDelta, .budgetExceeded,
            .modelChangedBetweenRounds, .twoReleasesOfARound:
            true
        default: false
        }
    }
}
