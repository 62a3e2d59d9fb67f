#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the processor spent on this thread, so that what else runs on the machine counts as little as possible.
enum ThreadTime {
    /// Microseconds of processor time an operation takes, over `count` of them.
    static func measure(_ count: Int, _ operations: () throws -> Void) throws -> Double {
        let start = microseconds()
        try operations()
        return (microseconds() - start) / Double(count)
    }

    private static func microseconds() -> Double {
        var time = timespec()
        let read = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        precondition(read == 0, "no clock of the thread's processor time")
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }
}
