internal import Foundation

/// The number of files that the process may have open: two for each device in a round, and the
/// connections.
enum OpenFileLimit {
    /// Asks for as many as the system allows; where it does not, devices fail to open their stores and
    /// say so.
    static func raise() {
        var limit = rlimit()
        #if os(Linux)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }
}
