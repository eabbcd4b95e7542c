internal import SecureAggregation

/// Counts which devices refuse a lie, and why.
struct Refusals {
    private(set) var asked = 0
    private(set) var refused = 0
    private var byError: [String: (example: String, devices: Int)] = [:]

    /// Lies to one device.
    ///
    /// - Returns: What it answers; nil where it refuses.
    mutating func ask<Answer>(_ step: () throws -> Answer) throws -> Answer? {
        asked += 1
        do {
            return try step()
        } catch let error as AggregationError {
            refused += 1
            byError[error.name, default: (error.description, 0)].devices += 1
            return nil
        }
    }

    /// The reasons, the most frequent first.
    var reasons: [CoordinatorAttackResult.Reason] {
        byError.map { .init(error: $0, example: $1.example, devices: $1.devices) }
            .sorted { ($1.devices, $0.error) < ($0.devices, $1.error) }
    }
}

extension AggregationError {
    /// What the error is called, without its particulars.
    fileprivate var name: String {
        switch self {
        case .invalidParameters: "invalid parameters"
        case .refusedTerms: "refused terms"
        case .replayed: "replayed round"
        case .otherSession: "other session"
        case .unexpectedStep: "unexpected step"
        case .unknownDevice: "unknown device"
        case .notInRoster: "not in the roster"
        case .forgedSignature: "forged signature"
        case .duplicate: "duplicate"
        case .malformed: "malformed message"
        case .undecodable: "undecodable message"
        case .forgedShare: "forged share"
        case .withheldShare: "withheld share"
        case .missingInclusion: "missing inclusion"
        case .tooFewDevices: "too few devices"
        case .inconsistentSurvivors: "inconsistent survivors"
        case .tooFewEndorsements: "too few endorsements"
        case .inconsistentShares: "inconsistent shares"
        }
    }
}
