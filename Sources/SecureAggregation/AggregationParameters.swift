package import Sodium

/// The public parameters of one masked sum; every party checks them before it takes part.
public struct AggregationParameters: Sendable, Hashable {
    /// The largest cohort; share positions and message sizes are bounded by it.
    public static let largestCohort = 1 << 20

    /// Names the sum: 32 bytes, never used twice. It seeds the neighbour graph and is bound into
    /// every key and every sealed share.
    public let session: [UInt8]
    /// The number of devices invited, numbered from 0.
    public let cohortSize: Int
    /// The number of elements of the vectors that are summed.
    public let vectorLength: Int
    /// The b of Z_2^b, in bits (1 to 32).
    public let modulusBits: Int
    /// Degree and threshold of the graph of devices that hold each other's shares.
    public let graph: GraphSecurity
    /// The number of masked inputs below which a sum is not revealed.
    public let minimumSurvivors: Int

    /// Checks and collects parameters.
    public init(
        session: [UInt8], cohortSize: Int, vectorLength: Int, modulusBits: Int,
        graph: GraphSecurity, minimumSurvivors: Int
    ) throws(AggregationError) {
        guard session.count == 32 else { throw .invalidParameters("a session name has 32 bytes") }
        guard (2...Self.largestCohort).contains(cohortSize) else {
            throw .invalidParameters(
                "a cohort has 2 to \(Self.largestCohort) devices, not \(cohortSize)")
        }
        guard vectorLength > 0 else { throw .invalidParameters("the vector is empty") }
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
        guard (2...cohortSize).contains(minimumSurvivors) else {
            throw .invalidParameters(
                "\(minimumSurvivors) survivors of \(cohortSize) devices is not a minimum from 2 up")
        }
        self.session = session
        self.cohortSize = cohortSize
        self.vectorLength = vectorLength
        self.modulusBits = modulusBits
        self.graph = graph
        self.minimumSurvivors = minimumSurvivors
    }

    /// The neighbours of every device, from the public session name.
    public func makeNeighbourGraph() -> NeighbourGraph {
        NeighbourGraph(cohortSize: cohortSize, degree: graph.degree, seed: session)
    }

    /// What is bound into a sealed share: the session, its sender and its receiver.
    func associatedData(from sender: Int, to receiver: Int) -> [UInt8] {
        session + Self.bytes(sender) + Self.bytes(receiver)
    }

    /// The nonce of the one message from `sender` to `receiver` under their pair key.
    func nonce(from sender: Int, to receiver: Int) -> [UInt8] {
        Self.bytes(sender) + Self.bytes(receiver)
            + [UInt8](repeating: 0, count: AuthenticatedEncryption.nonceLength - 16)
    }

    /// The context of a key agreement: its purpose and the session.
    package func context(_ purpose: StaticString) -> [UInt8] {
        [UInt8]("\(purpose)".utf8) + session
    }

    /// The commitment of `device` to its self-mask seed.
    package func commitment(to seed: SecretBytes, of device: Int) -> [UInt8] {
        var hash = BLAKE2b(context: "covey self mask")
        hash.update(session)
        hash.update(UInt64(device))
        hash.update(seed)
        return hash.finalize()
    }

    private static func bytes(_ number: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(number).littleEndian) { [UInt8]($0) }
    }
}
