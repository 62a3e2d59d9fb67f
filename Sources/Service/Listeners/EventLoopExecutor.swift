// SPDX-License-Identifier: Apache-2.0

import NIOCore
private import NIOPosix

/// Runs tasks on an event loop. What the task of a request waits for, such as AWS's response, arrives on an event loop,
/// so the request needs no other thread, and no thread has to be woken up for it.
///
/// The tasks must not block, and must leave work of more than a few milliseconds to another executor: meanwhile, the
/// event loop serves none of its connections.
package final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Of the event loop that calls this; `nil` on any other thread.
    package static var current: EventLoopExecutor? {
        MultiThreadedEventLoopGroup.currentEventLoop.map { EventLoopExecutor($0) }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
