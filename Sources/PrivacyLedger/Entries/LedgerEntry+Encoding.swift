internal import DifferentialPrivacy
internal import Foundation
internal import PrivateAggregation
internal import SwiftProtobuf

/// Why bytes are not an entry.
struct EncodingFailure: Error { let reason: String }

/// A text that a terminal shows as it is.
func printable(_ text: String) throws(EncodingFailure) -> String {
    // Whatever is not ASCII is looked at more closely, which is slow.
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    let bidirectional: [ClosedRange<UInt32>] = [0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069]
    let isHidden = { (scalar: Unicode.Scalar) in
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: bidirectional.contains { $0.contains(scalar.value) }
        }
    }
    guard isPlain || !text.unicodeScalars.contains(where: isHidden) else {
        throw EncodingFailure(reason: "a text with control characters")
    }
    return text
}

/// The hash of a model, or none.
func modelHash(_ bytes: Data) throws(EncodingFailure) -> [UInt8] {
    guard bytes.isEmpty || bytes.count == 32 else {
        throw EncodingFailure(reason: "a model's hash of \(bytes.count) bytes")
    }
    return [UInt8](bytes)
}

extension LedgerEntry {
    /// The longest entry, in bytes.
    static let largestByteCount = 1 << 16

    /// The canonical protobuf encoding (`protocol/covey/v1/ledger.proto`).
    public var encoded: [UInt8] {
        get throws(LedgerError) {
            guard let bytes: [UInt8] = try? message.serializedBytes(),
                bytes.count <= Self.largestByteCount
            else { throw .unencodable }
            return bytes
        }
    }

    /// The canonical encoding of an entry that every reader will take for this one.
    var readable: [UInt8] {
        get throws(LedgerError) {
            let bytes = try encoded
            guard let read = try? LedgerEntry(decoding: bytes), read == self else {
                throw .unencodable
            }
            return bytes
        }
    }

    /// Decodes an entry; any encoding but the canonical one is refused.
    init(decoding bytes: [UInt8]) throws(EncodingFailure) {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 8
        options.discardUnknownFields = true
        guard
            let message = try? Covey_V1_LedgerEntry(serializedBytes: bytes, options: options)
        else { throw EncodingFailure(reason: "not a ledger entry") }
        // Unknown fields are lost on the way, and so are other orders and spelt-out defaults.
        guard let again: [UInt8] = try? message.serializedBytes(), again == bytes else {
            throw EncodingFailure(reason: "not encoded canonically")
        }
        self = try LedgerEntry(message)
    }

    private var message: Covey_V1_LedgerEntry {
        .with {
            $0.time = time
            switch content {
            case .opening(let opening): $0.opening = opening.message
            case .task(let task): $0.task = task.message
            case .plan(let plan): $0.plan = plan.message
            case .charge(let charge): $0.charge = charge.message
            case .outcome(let outcome): $0.outcome = outcome.message
            case .statement(let statement):
                $0.statement = .with {
                    $0.topic = statement.topic.rawValue
                    $0.text = statement.text
                }
            }
        }
    }

    private init(_ message: Covey_V1_LedgerEntry) throws(EncodingFailure) {
        time = message.time
        guard let content = message.content else {
            throw EncodingFailure(reason: "an entry without content")
        }
        switch content {
        case .opening(let opening): self.content = .opening(try LedgerOpening(opening))
        case .task(let task): self.content = .task(try LedgerTask(task))
        case .plan(let plan): self.content = .plan(try RoundPlan(plan))
        case .charge(let charge): self.content = .charge(try RoundCharge(charge))
        case .outcome(let outcome): self.content = .outcome(try RoundOutcome(outcome))
        case .statement(let statement):
            guard let topic = LedgerStatement.Topic(rawValue: statement.topic) else {
                throw EncodingFailure(reason: "a statement on \(statement.topic.debugDescription)")
            }
            guard statement.text.contains(where: { !$0.isWhitespace }) else {
                throw EncodingFailure(reason: "a statement without text")
            }
            self.content = .statement(.init(topic: topic, text: try printable(statement.text)))
        }
    }
}

extension LedgerOpening {
    fileprivate var message: Covey_V1_Opening {
        .with {
            $0.version = UInt32(Self.currentVersion)
            $0.origin = origin
            $0.publicKey = Data(publicKey)
            $0.randomness = randomness == .seeded ? .seeded : .operatingSystem
            $0.neighbouring =
                neighbouring == .zeroOutOne
                ? .zeroOutOne : neighbouring == .addOrRemoveOne ? .addOrRemoveOne : .unspecified
            $0.budget = target.budget.message
            $0.against = target.against.message
        }
    }

    fileprivate init(_ message: Covey_V1_Opening) throws(EncodingFailure) {
        guard message.version == UInt32(Self.currentVersion) else {
            throw EncodingFailure(
                reason: "version \(message.version) of the format, and this is a reader of "
                    + "version \(Self.currentVersion)")
        }
        guard message.publicKey.count == 32,
            (try? VerificationKey(name: message.origin, key: [UInt8](message.publicKey))) != nil
        else { throw EncodingFailure(reason: "a name or public key that cannot sign") }
        switch message.randomness {
        case .operatingSystem: randomness = .operatingSystem
        case .seeded: randomness = .seeded
        case .unspecified, .UNRECOGNIZED: throw EncodingFailure(reason: "unknown randomness")
        }
        switch message.neighbouring {
        case .zeroOutOne: neighbouring = .zeroOutOne
        case .addOrRemoveOne: neighbouring = .addOrRemoveOne
        case .unspecified, .UNRECOGNIZED:
            throw EncodingFailure(reason: "unknown neighbouring relation")
        }
        origin = message.origin
        publicKey = [UInt8](message.publicKey)
        target = try PrivacyTarget(message.budget, message.against)
    }
}

extension PrivacyTarget.Adversary {
    fileprivate var message: Covey_V1_Adversary {
        self == .observer ? .observer : .coordinator
    }
}

extension PrivacyTarget {
    fileprivate init(
        _ budget: Covey_V1_Budget, _ adversary: Covey_V1_Adversary
    ) throws(EncodingFailure) {
        let against: Adversary
        switch adversary {
        case .coordinator: against = .coordinator
        case .observer: against = .observer
        case .unspecified, .UNRECOGNIZED: throw EncodingFailure(reason: "unknown adversary")
        }
        self.init(budget: try PrivacyBudget(budget), against: against)
    }
}

extension PrivacyBudget {
    fileprivate var message: Covey_V1_Budget {
        .with {
            $0.epsilon = epsilon
            $0.delta = delta
        }
    }

    fileprivate init(_ message: Covey_V1_Budget) throws(EncodingFailure) {
        do { try self.init(epsilon: message.epsilon, delta: message.delta) } catch {
            throw EncodingFailure(reason: "a budget of \(message.epsilon), \(message.delta)")
        }
    }
}

extension LedgerTask {
    fileprivate var message: Covey_V1_Task {
        .with {
            $0.name = name
            $0.purpose = purpose
            $0.rounds = UInt32(clamping: rounds)
            $0.population = UInt64(clamping: population)
            $0.policy = policy.message
            $0.budget = target.budget.message
            $0.against = target.against.message
            $0.model = Data(model)
        }
    }

    fileprivate init(_ message: Covey_V1_Task) throws(EncodingFailure) {
        guard (1...UInt64(CohortPolicy.largestPopulation)).contains(message.population) else {
            throw EncodingFailure(reason: "a population of \(message.population)")
        }
        let policy = try CohortPolicy(message.policy)
        if let size = policy.fixedSize, size > Int(message.population) {
            throw EncodingFailure(
                reason: "cohorts of \(size) in a population of \(message.population)")
        }
        self.init(
            name: try printable(message.name), purpose: try printable(message.purpose),
            rounds: Int(message.rounds), population: Int(message.population), policy: policy,
            target: try PrivacyTarget(message.budget, message.against),
            model: try modelHash(message.model))
    }
}

extension CohortPolicy {
    fileprivate var message: Covey_V1_CohortPolicy {
        .with {
            switch selection {
            case .everyone: $0.everyone = .init()
            case .rotation(let size): $0.rotation = .with { $0.size = UInt64(clamping: size) }
            case .limited(let size, let participations):
                $0.limited = .with {
                    $0.size = UInt64(clamping: size)
                    $0.participations = UInt32(clamping: participations)
                }
            case .coins(let rate): $0.coins = .with { $0.rate = rate }
            }
            $0.toleratedDropout = toleratedDropout
            $0.colludingShare = colludingShare
        }
    }

    fileprivate init(_ message: Covey_V1_CohortPolicy) throws(EncodingFailure) {
        let selection: Selection
        switch message.selection {
        case .everyone: selection = .everyone
        case .rotation(let rotation)
        where rotation.size >= 1 && rotation.size <= UInt64(CohortPolicy.largestPopulation):
            selection = .rotation(size: Int(rotation.size))
        case .limited(let limited)
        where limited.size >= 1 && limited.size <= UInt64(CohortPolicy.largestPopulation)
            && limited.participations >= 1:
            selection = .limited(
                size: Int(limited.size), participations: Int(limited.participations))
        case .coins(let coins) where coins.rate > 0 && coins.rate <= 1:
            selection = .coins(rate: coins.rate)
        default: throw EncodingFailure(reason: "a sampling claim without meaning")
        }
        let shares = [message.toleratedDropout, message.colludingShare]
        guard shares.allSatisfy({ $0 >= 0 && $0 < 1 }) else {
            throw EncodingFailure(reason: "shares of \(shares) lost and colluding")
        }
        self.init(
            selection: selection, toleratedDropout: shares[0], colludingShare: shares[1])
    }
}
