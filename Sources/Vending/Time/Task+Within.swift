// SPDX-License-Identifier: Apache-2.0

extension Task where Failure == Never {
    /// The task's value if it has one within this time; `nil` otherwise, or if the caller is cancelled. The task itself
    /// continues.
    func value(within limit: Duration, _ time: MonotonicTime) async -> Success? {
        let (values, continuation) = AsyncStream<Success?>.makeStream(bufferingPolicy: .bufferingOldest(1))
        Task<Void, Never> { continuation.yield(await value) }
        let timer = Task<Void, Never> {
            if (try? await time.sleep(limit)) != nil { continuation.yield(nil) }
        }
        defer { timer.cancel() }
        return await values.first { _ in true } ?? nil
    }
}
