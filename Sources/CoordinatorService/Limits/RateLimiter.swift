internal import Synchronization

/// Limits how often each of many may ask: a bucket of tokens each, in bounded memory.
///
/// Buckets are kept in two generations. Where the younger is full it becomes the older one, and what
/// was in that is forgotten: those who have not asked for long start with a full bucket anyway.
final class RateLimiter<Key: Hashable & Sendable>: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: ContinuousClock.Instant
    }

    private struct Generations {
        var young: [Key: Bucket] = [:]
        var old: [Key: Bucket] = [:]
    }

    private let perSecond: Double
    private let burst: Double
    private let capacity: Int
    private let generations = Mutex(Generations())

    /// - Parameters:
    ///   - perSecond: How many requests a second are allowed for long.
    ///   - burst: How many are allowed at once, at least 1.
    ///   - capacity: The size of a generation in buckets, about 100 bytes each.
    init(perSecond: Double, burst: Double, capacity: Int = 1 << 17) {
        self.perSecond = perSecond
        self.burst = max(burst, 1)
        self.capacity = capacity
    }

    /// Takes a token.
    ///
    /// - Returns: nil, or how long it takes until there is one.
    func admit(_ key: Key, at now: ContinuousClock.Instant) -> Duration? {
        generations.withLock { generations in
            var bucket =
                generations.young[key] ?? generations.old[key]
                ?? Bucket(tokens: burst, filled: now)
            let elapsed = max(.zero, now - bucket.filled) / .seconds(1)
            bucket.tokens = min(burst, bucket.tokens + elapsed * perSecond)
            bucket.filled = max(now, bucket.filled)
            let wait = bucket.tokens >= 1 ? nil : (1 - bucket.tokens) / perSecond
            if wait == nil { bucket.tokens -= 1 }
            if generations.young.count >= capacity, generations.young[key] == nil {
                generations.old = generations.young
                generations.young = [:]
            }
            generations.young[key] = bucket
            return wait.map { .seconds($0) }
        }
    }

    /// The number of buckets kept.
    var count: Int { generations.withLock { $0.young.count + $0.old.count } }
}
