import Recommender
extension Scenario { static func readFederatedAveraging(_ reader: inout ScenarioReader, seed: UInt64) throws -> FederatedMatrixFactorization.Configuration { fatalError() } }
