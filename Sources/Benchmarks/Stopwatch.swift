import Foundation

/// Processor time of this thread, best of several runs.
enum Stopwatch {
    /// The least seconds that `body` took in `runs` runs.
    static func best(of runs: Int = 5, _ body: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<runs {
            let start = now
            try body()
            best = min(best, now - start)
        }
        return best
    }

    /// Processor time of this thread, in seconds.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Prints `name`, the milliseconds, and how many times the limit that is.
func report(_ name: String, _ seconds: Double, limit: Double? = nil, of what: String = "") {
    var line = name.padding(toLength: 44, withPad: " ", startingAt: 0)
    line += String(format: "%10.3f ms", seconds * 1e3)
    if let limit { line += String(format: "%8.2f x ", seconds / limit) + what }
    print(line)
}
