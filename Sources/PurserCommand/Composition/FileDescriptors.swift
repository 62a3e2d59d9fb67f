import Glibc

/// A connection is a file descriptor; the usual soft limit of 1,024 is a limit for other programs.
enum FileDescriptors {
    /// Kept for the admin listener, calls out, the log and files.
    static let reserved = 192

    /// Raises the soft limit to the hard one where that is allowed, and tells the limit in force.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(files, &limit) == 0 else { return .max }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let raised = unsafe setrlimit(files, &limit) == 0
        return Int(clamping: raised ? limit.rlim_max : soft)
    }

    /// Connections that fit under a limit of files.
    static func connections(under limit: Int) -> Int {
        max(16, limit - reserved)
    }
}
