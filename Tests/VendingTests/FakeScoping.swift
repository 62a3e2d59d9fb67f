// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport

@testable import Vending

/// Makes children that name their parent, and records its calls.
final class FakeScoping: SessionScoping {
    struct Call {
        let parent: String
        let policy: SessionPolicy
        let seconds: Int
        let time: Duration
    }

    struct State {
        var calls: [Call] = []
        var failures: [ScopingError] = []
        /// Returns the parent's own credentials.
        var returnsParent = false
        /// Added to the requested lifetime.
        var excess = 0.0
    }

    let state = Mutex(State())
    let time: ManualTime
    /// Called before each response.
    let before: @Sendable () -> Void

    init(_ time: ManualTime, before: @escaping @Sendable () -> Void = {}) {
        self.time = time
        self.before = before
    }

    var calls: [Call] { state.withLock { $0.calls } }

    func failNext(_ code: String, rejectsParent: Bool = true) {
        let error = ScopingError(ExchangeError(.refused, code, code: code), rejectsParent: rejectsParent)
        state.withLock { $0.failures.append(error) }
    }

    func scope(
        _ parent: TemporaryCredentials, for request: ExchangeRequest, seconds: Int, within limit: Duration
    ) async throws(ScopingError) -> TemporaryCredentials {
        before()
        let (number, failure, returnsParent, excess) = state.withLock { state in
            state.calls.append(
                Call(parent: parent.accessKeyID, policy: request.policy, seconds: seconds, time: limit))
            return (
                state.calls.count, state.failures.isEmpty ? nil : state.failures.removeFirst(), state.returnsParent,
                state.excess
            )
        }
        if let failure { throw failure }
        if returnsParent { return parent }
        return TemporaryCredentials(
            accessKeyID: "CHILD\(number)", secretAccessKey: "child of \(parent.secretAccessKey)",
            sessionToken: "child", expiration: time.now.addingTimeInterval(Double(seconds) + excess))
    }
}
