// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Testing

@testable import Service

@Suite struct EventLoopExecutorTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.any()

    private func nonisolatedWork() async -> Bool { eventLoop.inEventLoop }

    @Test("a task stays on its event loop: in calls, in child tasks, and after each wait for something elsewhere")
    func stays() async throws {
        #expect(!eventLoop.inEventLoop)
        try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) {
            #expect(eventLoop.inEventLoop)
            #expect(await nonisolatedWork())
            #expect(await Task.detached { self.eventLoop.inEventLoop }.value == false)
            #expect(eventLoop.inEventLoop)
            try await Task.sleep(for: .milliseconds(1))
            #expect(eventLoop.inEventLoop)
            async let child = nonisolatedWork()
            #expect(await child)
            let elsewhere = await withTaskExecutorPreference(globalConcurrentExecutor) { eventLoop.inEventLoop }
            #expect(!elsewhere && eventLoop.inEventLoop)
        }
        #expect(!eventLoop.inEventLoop)
    }

    @Test("the current executor is that of the event loop that runs, and no other thread has one")
    func current() async throws {
        #expect(EventLoopExecutor.current == nil)
        let task = try await eventLoop.submit {
            Task(executorPreference: EventLoopExecutor.current) { self.eventLoop.inEventLoop }
        }.get()
        #expect(await task.value)
    }
}
