import Glibc

/// A connection is a file descriptor; the usual soft limit of 1,024 is a limit for other programs.
enum FileDescriptors {
    /// Raises the soft limit to the hard one. Where that is refused, the limit stays what it was.
    static func raiseLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
