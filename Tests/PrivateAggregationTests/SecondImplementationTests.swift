import DifferentialPrivacy
import Foundation
import PrivateAggregation
import SecureAggregation
import Sodium
import Testing
import VectorKernels

/// The second implementation of the device, in Python, and its own tests.
private enum Python {
    static let folder = VectorFiles.repository.appending(path: "Tests/SecondImplementation")

    /// The interpreter; nil where there is none of version 3.9 or later.
    static let interpreter: URL? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { URL(filePath: String($0)).appending(path: "python3") }.first { path in
            FileManager.default.isExecutableFile(atPath: path.path)
                && (try? run(path, ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"])) == 0
        }
    }()

    static let absence = "no python3 of version 3.9 or later is in PATH"

    static func run(_ interpreter: URL, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = interpreter
        process.arguments = ["-B"] + arguments
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// A device in another process, which is told and answers in lines of JSON.
private final class PythonDevice {
    private let process = Process()
    private let requests = Pipe()
    private let answers = Pipe()
    private var pending = Data()

    init(interpreter: URL) throws {
        process.executableURL = interpreter
        process.arguments = ["-B", "device.py"]
        process.currentDirectoryURL = Python.folder
        process.standardInput = requests
        process.standardOutput = answers
        try process.run()
    }

    deinit {
        try? requests.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    struct NoAnswer: Error { var text: String }

    func ask(_ step: String, _ fields: [String: Any]) throws -> [String: Any] {
        var fields = fields
        fields["step"] = step
        let line = try JSONSerialization.data(withJSONObject: fields) + Data("\n".utf8)
        try requests.fileHandleForWriting.write(contentsOf: line)
        while !pending.contains(UInt8(ascii: "\n")) {
            let more = answers.fileHandleForReading.availableData
            guard !more.isEmpty else { throw NoAnswer(text: "the process ended") }
            pending += more
        }
        let end = pending.firstIndex(of: UInt8(ascii: "\n")) ?? pending.endIndex
        let answer = pending[..<end]
        pending = Data(pending[(end + 1)...])
        guard let object = try JSONSerialization.jsonObject(with: answer) as? [String: Any],
            object["error"] == nil, object["refused"] == nil
        else { throw NoAnswer(text: String(decoding: answer, as: UTF8.self)) }
        return object
    }

    /// Asks, and reads one field of the answer as a message.
    func bytes(_ field: String, of step: String, _ fields: [String: Any]) throws -> [UInt8] {
        let answer = try ask(step, fields)
        guard let text = answer[field] as? String else { throw NoAnswer(text: "no \(field)") }
        return VectorFiles.bytes(text)
    }
}

@Suite(.enabled(if: Python.interpreter != nil, Comment(rawValue: Python.absence)))
struct SecondImplementationTests {
    @Test(arguments: ["test_primitives.py", "test_vectors.py"])
    func `its own tests pass, those of the test vectors among them`(file: String) throws {
        let interpreter = try #require(Python.interpreter)
        #expect(try Python.run(interpreter, [file]) == 0)
    }

    /// Two Python devices among eight, one of them in the committee; a Swift device is lost after
    /// sharing.
    @Test(arguments: NoiseDistribution.allCases, [false, true])
    func `Python devices take part in a round with Swift devices`(
        _ noise: NoiseDistribution, sketched: Bool
    ) throws {
        let interpreter = try #require(Python.interpreter)
        let hexadecimal = VectorFiles.hexadecimal
        let plan = try PrivateSumPlan(
            dimension: 40, sketchWidth: sketched ? 20 : nil, clippingNorm: 1, rho: 0.5,
            cohortSize: 8, minimumSurvivors: 6, colluding: 1, noise: noise)
        let session = [UInt8](repeating: sketched ? 5 : 6, count: 32)
        let seeds = (0..<8).map { [UInt8](repeating: UInt8($0 + 1), count: 32) }
        let keys = try seeds.map { try SigningKey(seed: SecretBytes($0)) }
        let order = keys.indices.sorted {
            keys[$0].publicKey.lexicographicallyPrecedes(keys[$1].publicKey)
        }
        let roster = try Roster(keys.map(\.publicKey))
        let parameters = try plan.aggregationParameters(
            session: session, round: 1, rosterRoot: roster.root,
            graph: GraphSecurity(degree: 6, threshold: 3, leastInWindow: 2),
            committee: CommitteeSecurity(size: 6, quorum: 4))
        let accepted = AcceptedParameters(parameters)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        var coordinator = try AggregationCoordinator(parameters: parameters, roster: roster)
        let python = [accepted.committee[1], accepted.committee[4]]
        let swift = (0..<8).filter { !python.contains($0) }
        let vectors: [[Float]] = (0..<8).map { device in
            (0..<40).map { index in Float((index + 3 * device) % 9 - 4) / 30 }
        }
        var foreign: [Int: PythonDevice] = [:]
        var devices: [Int: AggregationDevice<SystemRandomness>] = [:]
        var elements: [Int: RingVector] = [:]

        for number in python {
            let device = try PythonDevice(interpreter: interpreter)
            foreign[number] = device
            var member = MessageWriter()
            roster.member(number).write(to: &member)
            let description = RoundVectorTests.Plan(plan)
            let fields: [String: Any] =
                [
                    "session": hexadecimal(session), "round": 1,
                    "rosterRoot": hexadecimal(roster.root), "purpose": hexadecimal(plan.digest),
                    "plan": try JSONSerialization.jsonObject(
                        with: JSONEncoder().encode(description)),
                    "vectorLength": parameters.vectorLength,
                    "modulusBits": parameters.modulusBits, "degree": 6, "threshold": 3, "window": 2,
                    "committeeSize": 6, "quorum": 4, "minimumSurvivors": 6,
                    "components": description.components, "baseUnits": description.baseUnits,
                    "targetUnits": description.targetUnits, "excluded": description.excluded,
                    "cohortSize": 8, "member": hexadecimal(member.bytes),
                    "identitySeed": hexadecimal(seeds[order[number]]),
                ]
            let advertisement = try device.bytes("advertisement", of: "join", fields)
            try coordinator.receive(
                try KeyAdvertisement(decoding: advertisement, under: parameters))
        }
        for number in swift {
            var randomness = SystemRandomness()
            let noiseSeeds = encoder.makeNoiseSeeds(from: &randomness)
            elements[number] = try encoder.encode(
                vectors[number], noiseSeeds: noiseSeeds, randomness: &randomness)
            var device = try AggregationDevice(
                accepted: accepted, membership: roster.member(number),
                identity: keys[order[number]], noiseSeeds: noiseSeeds,
                randomness: SystemRandomness())
            try coordinator.receive(try device.advertiseKeys())
            devices[number] = device
        }
        try coordinator.endAdvertising()

        for number in 0..<8 {
            let introductions = coordinator.introductions(for: number)
            let shares: SealedShares
            if let device = foreign[number] {
                shares = try SealedShares(
                    decoding: try device.bytes(
                        "shares", of: "share",
                        ["introductions": hexadecimal(introductions.encoded)]),
                    under: parameters)
            } else {
                shares = SealedShares(
                    try devices[number]?.shareKeys(
                        with: try introductions.peers.map { try $0.verified(under: parameters) })
                        ?? [])
            }
            try coordinator.receive(shares, from: number)
        }
        try coordinator.endSharing()

        let lost = swift[2]
        for number in 0..<8 where number != lost {
            let shares = coordinator.shares(for: number)
            if let device = foreign[number] {
                let answer = try device.ask(
                    "mask",
                    [
                        "shares": hexadecimal(shares.encoded),
                        "vector": vectors[number].map { Double($0) },
                    ])
                let plain = try #require(answer["elements"] as? [Int])
                elements[number] = RingVector(
                    plain.map { UInt32($0) }, bits: parameters.modulusBits)
                let masked = try #require(answer["masked"] as? String)
                try coordinator.receive(
                    try MaskedInput(decoding: VectorFiles.bytes(masked), under: parameters))
            } else {
                let vector = try #require(elements[number])
                let masked = try devices[number]?.mask(vector, receiving: shares)
                try coordinator.receive(try #require(masked))
            }
        }
        let survivors = try coordinator.endMasking()
        for number in accepted.committee where survivors.contains(number) {
            if let device = foreign[number] {
                try coordinator.receive(
                    try Endorsement(
                        decoding: try device.bytes(
                            "endorsement", of: "endorse",
                            ["survivors": hexadecimal(survivors.encoded)]),
                        under: parameters))
            } else {
                let endorsement = try devices[number]?.endorse(survivors)
                try coordinator.receive(try #require(endorsement))
            }
        }
        try coordinator.endEndorsing { _, _ in }
        for number in survivors.devices {
            let request = try coordinator.unmaskingRequest(for: number)
            if let device = foreign[number] {
                try coordinator.receive(
                    try UnmaskingShares(
                        decoding: try device.bytes(
                            "shares", of: "unmask", ["request": hexadecimal(request.encoded)]),
                        under: parameters))
            } else {
                let shares = try devices[number]?.unmask(try request.verified(by: accepted))
                try coordinator.receive(try #require(shares))
            }
        }
        let unmasked = try coordinator.reveal()
        var expected = RingVector(zeros: parameters.vectorLength, bits: parameters.modulusBits)
        for number in survivors.devices { expected.add(try #require(elements[number])) }
        #expect(unmasked.sum == expected)

        // The sum decodes to that of the vectors: both draw the same noise from the same seeds.
        let decoder = PrivateSumDecoder(plan: plan, session: session)
        let estimate = try decoder.decode(
            try decoder.removeExcessNoise(from: unmasked), survivors: survivors.count)
        for index in 0..<40 {
            let exact = survivors.devices.reduce(Float(0)) { $0 + vectors[$1][index] }
            #expect(
                abs(estimate.values[index] - exact) < 6 * Float(estimate.standardDeviation))
        }
    }
}
