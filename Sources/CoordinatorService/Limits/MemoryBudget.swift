internal import Synchronization

/// The memory that requests of a kind may take at one time, such as all uploads.
final class MemoryBudget: Sendable {
    private let limit: Int
    private let free: Int
    private let taken = Mutex(0)

    /// - Parameters:
    ///   - limit: The most bytes.
    ///   - free: What every request has beside that, so that small ones have room at all times.
    init(byteCount limit: Int, free: Int = 0) {
        self.limit = limit
        self.free = free
    }

    /// The bytes that are taken now.
    var byteCount: Int { taken.withLock { $0 } }

    /// What one request takes; all of it is given back when this is gone.
    func share() -> Share { Share(of: self) }

    final class Share: Sendable {
        private let budget: MemoryBudget
        private let byteCount = Mutex(0)

        fileprivate init(of budget: MemoryBudget) { self.budget = budget }

        deinit {
            let counted = counted(byteCount.withLock { $0 })
            budget.taken.withLock { $0 -= counted }
        }

        /// Takes `more` bytes. Who needs more than the limit has it where nobody else takes any.
        ///
        /// - Returns: Whether there was room.
        func take(_ more: Int) -> Bool {
            byteCount.withLock { own in
                let (before, after) = (counted(own), counted(own + more))
                let hasRoom = budget.taken.withLock { taken in
                    guard taken == before || taken - before + after <= budget.limit else {
                        return false
                    }
                    taken += after - before
                    return true
                }
                if hasRoom { own += more }
                return hasRoom
            }
        }

        private func counted(_ byteCount: Int) -> Int { max(0, byteCount - budget.free) }
    }
}
