import Recommender
import Simulation
import Testing

@testable import Coordinator

struct TaskAlgorithmTests {
    @Test(
        arguments: zip(
            ["network", "refined-co-occurrence", "co-occurrence"], [false, false, true]))
    func `a task whose model no device could rank with is refused before it begins`(
        algorithm: String, isAccepted: Bool
    ) throws {
        let scenario = try Scenario(
            yaml: "", source: "test", overrides: ["algorithm.name=\(algorithm)"])
        let catalogue = Catalogue(
            items: (0..<40).map { .init(id: "\($0)", categories: ["\($0 % 4)"]) })
        if isAccepted {
            _ = try TaskAlgorithm(scenario: scenario, catalogue: catalogue, devices: 100)
        } else {
            #expect(throws: ScenarioError.self) {
                try TaskAlgorithm(scenario: scenario, catalogue: catalogue, devices: 100)
            }
        }
    }
}
