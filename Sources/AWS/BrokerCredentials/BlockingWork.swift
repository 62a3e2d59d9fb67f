// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs work that blocks on a disk or a process outside the cooperative thread pool, so that it delays no other task.
enum BlockingWork {
    static func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let outcome: Result<Value, Failure> = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(returning: Result(catching: work))
            }
        }
        return try outcome.get()
    }
}
