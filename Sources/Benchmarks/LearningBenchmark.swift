import ArgumentParser
import Foundation
import Learning
import Recommender
import VectorKernels

/// Training steps of the size that a device takes.
struct LearningBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learning",
        abstract: "Training steps of networks, a batch of 64 at 64 dimensions.",
        discussion: """
            A step is forward, backward and the optimiser, on one thread. The limit is the time that \
            the products of its dense layers and attention would take at the speed of a product of \
            256 × 256 × 256 measured in the same run.

            To compare with PyTorch, see Sources/Benchmarks/learning-peers.py:
              Benchmarks learning --peers peers.jsonl
            """)

    @Option(help: "What learning-peers.py printed, for ratios.", completion: .file())
    var peers: String?

    private struct Peer: Decodable {
        var step: String
        var microseconds: Double
    }

    func run() throws {
        let peers = try readPeers()
        let speed = productSpeed()
        print("product of 256 × 256 × 256: \(format(speed / 1e9)) GFLOP/s")
        let pairs = Histories([Self.history(count: 64)], itemCount: Self.itemCount)
        // One item drawn against each of 32 interactions: 64 pairs.
        try measure(
            "mf",
            FactorModel(
                itemCount: Self.itemCount, configuration: .init(dimensions: 64, negatives: 1)),
            on: pairs, examples: (0..<32).map { Example(person: 0, place: $0) }, operations: 0,
            speed: speed, peers)
        try measure(
            "neumf",
            NeuralCollaborativeFiltering(
                itemCount: Self.itemCount,
                configuration: .init(factors: 64, layers: 2, negatives: 1)),
            on: pairs, examples: (0..<32).map { Example(person: 0, place: $0) },
            operations: 64 * 6 * (256 * 128 + 128 * 64 + 128), speed: speed, peers)
        let sequences = Histories(
            (0..<64).map { _ in Self.history(count: 51) }, itemCount: Self.itemCount)
        // Five products of 64 × 64 a step and block, and half a square of attention three times.
        let perStep = 2 * 6 * (5 * 64 * 64 + 2 * 25 * 64)
        try measure(
            "sasrec",
            SelfAttention(
                itemCount: Self.itemCount, configuration: .init(dimensions: 64, length: 50)),
            on: sequences, examples: (0..<64).map { Example(person: $0, place: 0) },
            operations: 64 * 50 * perStep, speed: speed, peers)
    }

    private static let itemCount = 3706

    private static func history(count: Int) -> [Interaction] {
        (0..<count).map {
            Interaction(item: ($0 * 617 + count * 31) % itemCount, timestamp: Int64($0))
        }
    }

    private func readPeers() throws -> [String: Double] {
        guard let peers else { return [:] }
        let lines = try String(contentsOfFile: peers, encoding: .utf8).split(separator: "\n")
        return Dictionary(
            try lines.map {
                let peer = try JSONDecoder().decode(Peer.self, from: Data($0.utf8))
                return (peer.step, peer.microseconds)
            }, uniquingKeysWith: min)
    }

    private func measure(
        _ name: String, _ network: some RecommenderNetwork, on histories: Histories,
        examples: [Example], operations: Int, speed: Double, _ peers: [String: Double]
    ) throws {
        for (optimizerName, optimizer) in [
            ("descent", Optimizer.descent(rate: 1e-3)), ("adam", .adam(rate: 1e-3)),
        ] {
            let tape = Tape(network.layout, seed: 1)
            tape.parameters.write(network.layout.start(.shared, seed: 1), .shared)
            tape.parameters.write(network.layout.start(.personal, seed: 1), .personal)
            let descent = Descent(optimizer, on: tape)
            let time = best {
                let (_, terms) = network.addGradient(of: examples[...], in: histories, on: tape)
                descent.step(scale: 1 / Float(terms))
            }
            let step = "\(name) \(optimizerName)"
            let limit = Double(operations) / speed
            var line = "\(step.padding(toLength: 16, withPad: " ", startingAt: 0)) "
            line += "\(format(time * 1e6)) µs, \(format(Double(tape.memory.byteCount) / 1e6)) MB"
            if limit > 0 { line += ", \(format(time / limit)) times the limit of its products" }
            if let peer = peers[step] {
                line += ", PyTorch \(format(peer / (time * 1e6))) times as long"
            }
            print(line)
        }
    }

    private func productSpeed() -> Double {
        let size = 256
        let a = [Float](repeating: 0.5, count: size * size)
        let time = best {
            _ = Dense.product(a, .plain, a, .plain, rows: size, inner: size, columns: size)
        }
        return 2 * Double(size * size * size) / time
    }

    /// The least time of one call in seconds, over seven stretches of a fifth of a second.
    private func best(_ body: () -> Void) -> Double {
        for _ in 0..<5 { body() }
        return (0..<7).map { _ in
            var calls = 0
            let start = Date()
            while -start.timeIntervalSinceNow < 0.2 {
                body()
                calls += 1
            }
            return -start.timeIntervalSinceNow / Double(calls)
        }.min() ?? .infinity
    }

    private func format(_ value: Double) -> String { String(format: "%.1f", value) }
}
