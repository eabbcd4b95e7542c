internal import Dispatch
internal import Synchronization

/// A recorded epsilon, and the sums from which it is recomputed.
struct EpsilonClaim: Sendable {
    let position: Int
    let spent: Spent
    let composition: PopulationAccount.Composition

    private var complaint: String? {
        guard let actual = try? composition.spent else { return "the epsilon has no bound" }
        let pairs = [
            ("against the coordinator", spent.epsilonCoordinator, actual.epsilonCoordinator),
            ("against observers", spent.epsilonObserver, actual.epsilonObserver),
            ("in delta", spent.delta, actual.delta),
        ]
        for (what, recorded, recomputed) in pairs
        where
            !(recomputed.isFinite
            && abs(recorded - recomputed) <= LedgerRules.tolerance * recomputed)
        {
            return "\(recorded) \(what) is recorded, and the rounds come to \(recomputed)"
        }
        return nil
    }

    /// The claims that are wrong, on all processors.
    static func check(_ claims: [EpsilonClaim]) -> [(position: Int, message: String)] {
        let chunk = 256
        let found = Mutex<[(position: Int, message: String)]>([])
        DispatchQueue.concurrentPerform(iterations: (claims.count + chunk - 1) / chunk) { index in
            for claim in claims[index * chunk..<min((index + 1) * chunk, claims.count)] {
                guard let complaint = claim.complaint else { continue }
                found.withLock { $0.append((claim.position, complaint)) }
            }
        }
        return found.withLock { $0 }.sorted { $0.position < $1.position }
    }
}
