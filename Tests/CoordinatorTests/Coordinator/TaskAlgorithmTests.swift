import Recommender
import Simulation
import Sodium
import Testing
import VectorKernels

@testable import Coordinator

struct TaskAlgorithmTests {
    @Test(
        arguments: zip(
            [
                ["name=co-occurrence"], ["name=federated-averaging"], ["name=network"],
                ["name=network", "network=neumf"], ["name=refined-co-occurrence"],
            ], ["recency", "ridge", "network", "network", "network"]))
    func `a task publishes what devices can rank with`(
        settings: [String], rule: String
    ) throws {
        let scenario = try Scenario(
            yaml: "", source: "test", overrides: settings.map { "algorithm." + $0 })
        let catalogue = Catalogue(
            items: (0..<40).map { .init(id: "\($0)", categories: ["\($0 % 4)"]) })
        let algorithm = try TaskAlgorithm(scenario: scenario, catalogue: catalogue, devices: 100)
        let key = try SigningKey(seed: SecretBytes([UInt8](repeating: 7, count: 32)))
        let published = try PublishedModel(
            MappedBytes(
                copying: algorithm.published(
                    name: "task", release: 1, hash: algorithm.modelHash, key: key)),
            trusting: key.publicKey)
        #expect(published.items.count == 40)
        #expect(published.header.rule == rule)
    }
}
