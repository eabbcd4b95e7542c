internal import PrivacyLedger
internal import Sodium
struct CohortSelection { let n: Int; init(policy: CohortPolicy, population: Int, round: Int, present: [Int], invitations: [Int: Int]) { n = population }
 func simulated(seed: UInt64) -> [Int]? { Array(0..<n) }
 func drawn(fillingUp: Bool, seed: SecretBytes) throws -> [Int]? { Array(0..<n) } }
struct PaceSteering { init(checkInsPerSecond: Double) {}
 func window(devices: Int, hasWork: Bool) -> ClosedRange<Int> { 0...1 } }
