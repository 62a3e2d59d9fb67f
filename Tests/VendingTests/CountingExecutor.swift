// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Runs jobs on a thread of its own, and knows whether a caller is one of its jobs.
final class CountingExecutor: TaskExecutor {
    private static let key = DispatchSpecificKey<ObjectIdentifier>()

    private let queue = DispatchQueue(label: "counting executor")
    private let jobs = Atomic(0)

    init() {
        queue.setSpecific(key: Self.key, value: ObjectIdentifier(self))
    }

    var count: Int { jobs.load(ordering: .relaxed) }
    var isCurrent: Bool { DispatchQueue.getSpecific(key: Self.key) == ObjectIdentifier(self) }

    func enqueue(_ job: consuming ExecutorJob) {
        jobs.add(1, ordering: .relaxed)
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
