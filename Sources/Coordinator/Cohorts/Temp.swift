internal import PrivacyLedger
internal import Sodium
struct CohortSelection { init(policy: CohortPolicy, population: Int, round: Int, present: [Int], invitations: [Int: Int]) {}
 func simulated(seed: UInt64) -> [Int]? { nil }
 func drawn(fillingUp: Bool, seed: SecretBytes) throws -> [Int]? { nil } }
struct PaceSteering { init(checkInsPerSecond: Double) {}
 func window(devices: Int, hasWork: Bool) -> ClosedRange<Int> { 0...1 } }
