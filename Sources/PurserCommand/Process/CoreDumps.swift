// SPDX-License-Identifier: Apache-2.0

import CProcess
import Glibc

/// Core dumps of the process. They would contain keys and credentials, so Purser turns them off before it reads any.
///
/// While they are off, the kernel does not let other processes of the same user read Purser's memory either.
struct CoreDumps {
    private let limit: rlimit?

    /// Turns core dumps off, so that `allow` can still turn them on.
    init() {
        var limit = rlimit()
        self.limit = unsafe getrlimit(Self.resource, &limit) == 0 ? limit : nil
        Self.set(soft: 0, hard: limit.rlim_max)
        _ = purser_set_dumpable(0)
    }

    /// Turns them on, up to the size that the process was started with.
    func allow() {
        if let limit { Self.set(soft: limit.rlim_cur, hard: limit.rlim_max) }
        _ = purser_set_dumpable(1)
    }

    /// Turns them off for good, also for child processes.
    func forbid() { Self.set(soft: 0, hard: 0) }

    private static let resource = __rlimit_resource_t(RLIMIT_CORE.rawValue)

    private static func set(soft: rlim_t, hard: rlim_t) {
        var limit = rlimit(rlim_cur: soft, rlim_max: hard)
        // A process may always lower its limits.
        _ = unsafe setrlimit(resource, &limit)
    }
}
