internal import Foundation

/// What this process has used so far.
package struct ProcessUsage {
    /// Processor time over all threads, in seconds.
    package let cpuSeconds: Double
    /// The largest resident memory, in bytes.
    package let peakMemoryBytes: Int

    /// Asks the operating system.
    package static var current: ProcessUsage {
        var usage = rusage()
        #if os(Linux)
            getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
            let unit = 1024
        #else
            getrusage(RUSAGE_SELF, &usage)
            let unit = 1
        #endif
        func seconds(_ time: timeval) -> Double {
            Double(time.tv_sec) + Double(time.tv_usec) / 1e6
        }
        return ProcessUsage(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            peakMemoryBytes: Int(usage.ru_maxrss) * unit)
    }
}
