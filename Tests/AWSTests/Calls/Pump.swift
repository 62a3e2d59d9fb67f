// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Vending

@testable import AWS

/// Advances a manual clock automatically to the next sleeper's deadline.
final class Pump: Sendable {
    let clock = TestSupport.ManualClock()
    private let ended = Atomic(false)

    var time: MonotonicTime { MonotonicTime(clock) }

    /// Runs `body` while the clock advances.
    func run<Value>(_ body: () async -> Value) async -> Value {
        async let pumping: Void = pump()
        let value = await body()
        ended.store(true, ordering: .relaxed)
        await pumping
        return value
    }

    private func pump() async {
        while !ended.load(ordering: .relaxed) {
            // Tasks that woke up run before the clock advances again.
            for _ in 0..<20 { await Task.yield() }
            if let left = clock.sleeping { clock.advance(left) }
        }
    }
}

extension Result where Failure == AttemptError {
    static func of(_ body: () async throws(AttemptError) -> Success) async -> Self {
        do throws(AttemptError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    var kind: AttemptError.Kind? {
        if case .failure(let failure) = self { failure.kind } else { nil }
    }
}
