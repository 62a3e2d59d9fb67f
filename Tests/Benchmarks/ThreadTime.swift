// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The CPU time of this thread, which other processes on the machine affect as little as possible.
enum ThreadTime {
    /// Microseconds of CPU time per operation; `operations` runs `count` of them.
    static func measure(_ count: Int, _ operations: () throws -> Void) throws -> Double {
        let start = microseconds()
        try operations()
        return (microseconds() - start) / Double(count)
    }

    private static func microseconds() -> Double {
        var time = timespec()
        let read = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        precondition(read == 0, "the clock of the thread's CPU time is unavailable")
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }
}
