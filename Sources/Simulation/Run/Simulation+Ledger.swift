internal import FederatedProtocol
internal import Foundation
internal import PrivacyLedger
internal import Recommender
internal import Sodium
internal import VectorKernels

extension Simulation {
    /// The key that signs the ledger. It comes from the seed, so that the same scenario gives the
    /// same bytes: the ledger says so, and proves nothing about real people.
    private var ledgerKeySeed: [UInt8] {
        var randomness = SeededRandomness(seed: scenario.seed, label: "ledger key")
        var seed = [UInt8](repeating: 0, count: SigningKey.seedLength)
        randomness.fill(&seed)
        return seed
    }

    /// The ledger of a run, with the task announced.
    func openLedger(in folder: RunFolder, task: LedgerTask) throws -> PrivacyLedger {
        let key = try SigningKey(seed: SecretBytes(ledgerKeySeed))
        var ledger = try folder.openLedger(
            opening(key: key.publicKey), keySeed: ledgerKeySeed)
        try ledger.record(.task(task), time: 0)
        return ledger
    }

    /// The model as devices receive it, signed with the ledger's key.
    func publish(_ model: some DeviceModel, release: Int, source: [UInt8]) throws -> [UInt8] {
        return try Publication(
            name: scenario.name, release: release, content: model.content, catalogue: catalogue,
            source: hexadecimal(source)
        ).encoded(precision: .float32, key: SigningKey(seed: SecretBytes(ledgerKeySeed)))
    }

    private func opening(key: [UInt8]) -> LedgerOpening {
        let name = scenario.name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
            .joined(separator: "-")
        return LedgerOpening(
            origin: "simulation/" + name, publicKey: key, randomness: .seeded,
            neighbouring: scenario.policy.neighbouring, target: scenario.target)
    }
}

extension SimulationResult.Quality {
    /// What the ledger says of the model's use.
    var statements: [LedgerStatement] {
        let figures = [
            ("trained with privacy", `private`), ("by popularity", popularity),
            ("trained without privacy", nonPrivate),
        ].compactMap { name, quality in
            quality.map { quality in
                String(
                    format: "%@: HR@%d %.4f, NDCG@%d %.4f", name, quality.cutoff,
                    quality.sampled.hitRate, quality.cutoff, quality.sampled.ndcg)
            }
        }
        guard !figures.isEmpty else { return [] }
        return [
            LedgerStatement(
                topic: .utility,
                text: "Held-out items among sampled ones, \(figures.joined(separator: "; ")).")
        ]
    }
}
