package import Sodium

/// The public parameters of one masked sum. Their ``digest`` is bound into every signature, key and
/// sealed share, so that parties that were told different parameters cannot take part in one sum.
public struct AggregationParameters: Sendable, Hashable {
    /// The largest cohort; share positions and message sizes are bounded by it.
    public static let largestCohort = 1 << 20
    /// The length of session names and digests, in bytes.
    public static let digestLength = 32

    /// Names the sum: 32 bytes, never used twice. With the roster it seeds graph and committee.
    public let session: [UInt8]
    /// The number of the round; a device takes part in ascending rounds only.
    public let round: UInt64
    /// The root of the cohort's ``Roster``, 32 bytes.
    public let rosterRoot: [UInt8]
    /// What is summed and how it is encoded, as a 32-byte digest that the layer above defines.
    public let purpose: [UInt8]
    /// The number of devices invited, numbered from 0.
    public let cohortSize: Int
    /// The number of elements of the vectors that are summed.
    public let vectorLength: Int
    /// The b of Z_2^b, in bits (1 to 32).
    public let modulusBits: Int
    /// Degree and threshold of the graph of devices that hold each other's shares.
    public let graph: GraphSecurity
    /// Size and quorum of the committee that signs the survivors.
    public let committee: CommitteeSecurity
    /// The number of masked inputs below which a sum is not revealed.
    public let minimumSurvivors: Int
    /// Which noise is removed from the sum.
    public let excessNoise: ExcessNoise
    /// The hash of all of the above, 32 bytes.
    public let digest: [UInt8]

    /// Checks and collects parameters.
    public init(
        session: [UInt8], round: UInt64, rosterRoot: [UInt8], purpose: [UInt8], cohortSize: Int,
        vectorLength: Int, modulusBits: Int, graph: GraphSecurity, committee: CommitteeSecurity,
        minimumSurvivors: Int, excessNoise: ExcessNoise = .none
    ) throws(AggregationError) {
        guard [session, rosterRoot, purpose].allSatisfy({ $0.count == Self.digestLength }) else {
            throw .invalidParameters(
                "a session name, a roster root and a purpose have 32 bytes each")
        }
        guard (2...Self.largestCohort).contains(cohortSize) else {
            throw .invalidParameters(
                "a cohort has 2 to \(Self.largestCohort) devices, not \(cohortSize)")
        }
        guard (1...1 << 30).contains(vectorLength) else {
            throw .invalidParameters("a vector has 1 to 2^30 elements, not \(vectorLength)")
        }
        guard (1...32).contains(modulusBits) else {
            throw .invalidParameters("the modulus has 1 to 32 bits, not \(modulusBits)")
        }
        guard (1..<cohortSize).contains(graph.degree),
            graph.degree % 2 == 0
                || graph.degree == cohortSize - 1
        else {
            throw .invalidParameters(
                "degree \(graph.degree) is neither even nor complete for \(cohortSize) devices")
        }
        guard (1...graph.degree).contains(graph.threshold) else {
            throw .invalidParameters(
                "threshold \(graph.threshold) is not within the degree \(graph.degree)")
        }
        guard (1...cohortSize).contains(committee.size),
            (1...committee.size).contains(committee.quorum)
        else {
            throw .invalidParameters(
                "a committee of \(committee.size) with a quorum of \(committee.quorum) does not fit "
                    + "\(cohortSize) devices")
        }
        let largestWindow = graph.degree == cohortSize - 1 ? 0 : graph.degree / 2
        guard (0...largestWindow).contains(graph.leastInWindow) else {
            throw .invalidParameters(
                "\(graph.leastInWindow) survivors do not fit a window of the ring of degree "
                    + "\(graph.degree)")
        }
        guard (2...cohortSize).contains(minimumSurvivors) else {
            throw .invalidParameters(
                "\(minimumSurvivors) survivors of \(cohortSize) devices is not a minimum from 2 up")
        }
        guard
            excessNoise == .none
                || excessNoise.serves(cohortSize: cohortSize, minimumSurvivors: minimumSurvivors)
        else {
            throw .invalidParameters(
                "the noise was divided for other sums than of \(minimumSurvivors) to \(cohortSize)")
        }
        self.session = session
        self.round = round
        self.rosterRoot = rosterRoot
        self.purpose = purpose
        self.cohortSize = cohortSize
        self.vectorLength = vectorLength
        self.modulusBits = modulusBits
        self.graph = graph
        self.committee = committee
        self.minimumSurvivors = minimumSurvivors
        self.excessNoise = excessNoise

        var hash = BLAKE2b(context: "covey masked sum")
        for bytes in [session, rosterRoot, purpose] { hash.update(bytes) }
        hash.update(round)
        for number in [
            cohortSize, vectorLength, modulusBits, graph.degree, graph.threshold,
            graph.leastInWindow, committee.size, committee.quorum, minimumSurvivors,
            excessNoise.componentCount, excessNoise.baseUnits,
            excessNoise.targetUnits, excessNoise.excluded,
        ] {
            hash.update(UInt64(number))
        }
        digest = hash.finalize()
    }

    /// What graph and committee are drawn from: the session and the roster. A coordinator that
    /// tries many sessions before it names one multiplies the probability of a bad graph by their
    /// number.
    private var seed: [UInt8] { session + rosterRoot }

    /// The neighbours of every device.
    func makeNeighbourGraph() -> NeighbourGraph {
        NeighbourGraph(cohortSize: cohortSize, degree: graph.degree, seed: seed)
    }

    /// The members of the committee in ascending order.
    func makeCommittee() -> [Int] {
        var randomness = PublicRandomness(seed: seed, label: "covey committee")
        return randomness.permutation(of: cohortSize).prefix(committee.size).sorted()
    }

    /// What is bound into a sealed share: the parameters, its sender and its receiver.
    func associatedData(from sender: Int, to receiver: Int) -> [UInt8] {
        digest + Self.bytes(sender) + Self.bytes(receiver)
    }

    /// The nonce of the one message from `sender` to `receiver` under their pair key.
    func nonce(from sender: Int, to receiver: Int) -> [UInt8] {
        Self.bytes(sender) + Self.bytes(receiver)
            + [UInt8](repeating: 0, count: AuthenticatedEncryption.nonceLength - 16)
    }

    /// The context of a key agreement: its purpose and the parameters.
    package func context(_ purpose: StaticString) -> [UInt8] {
        [UInt8]("\(purpose)".utf8) + digest
    }

    /// The commitment of `device` to a seed: number 0 is the self mask, 1 + j noise component j.
    package func commitment(to seed: SecretBytes, number: Int, of device: Int) -> [UInt8] {
        var hash = BLAKE2b(context: "covey commitment")
        hash.update(digest)
        hash.update(UInt64(device))
        hash.update(UInt64(number))
        hash.update(seed)
        return hash.finalize()
    }

    /// What a device signs with its masked vector: that it bears a mask for each neighbour among
    /// `sharers`.
    package func inclusionHash(of device: Int, sharers: DeviceSet) -> [UInt8] {
        var hash = BLAKE2b(context: "covey masked input")
        hash.update(digest)
        hash.update(UInt64(device))
        hash.update(sharers.bitmap)
        return hash.finalize()
    }

    /// What a committee member signs: that the sum is that of `survivors`.
    package func endorsedHash(of survivors: DeviceSet) -> [UInt8] {
        var hash = BLAKE2b(context: "covey survivors")
        hash.update(digest)
        hash.update(survivors.bitmap)
        return hash.finalize()
    }

    private static func bytes(_ number: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(number).littleEndian) { [UInt8]($0) }
    }
}
