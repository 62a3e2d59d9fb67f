// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Vending

/// A data plane that records its calls, and accepts each batch unless a failure is queued.
final class FakeDataPlane: DataPlane {
    struct Call: Sendable {
        let batch: Batch
        let monitor: AppMonitor
        let share: CallShare
        let credentials: TemporaryCredentials
    }

    private let state = Mutex((calls: [Call](), failures: [DeliveryError.Kind]()))

    /// Whether calls are rejected before the check of their batch.
    let isLimited = Mutex(false)

    var calls: [Call] { state.withLock { $0.calls } }

    func fail(_ kinds: DeliveryError.Kind...) { state.withLock { $0.failures += kinds } }

    func put(
        _ batch: Batch, to monitor: AppMonitor, for share: CallShare, with credentials: TemporaryCredentials,
        checking check: (Batch) async throws(BatchError) -> Void
    ) async throws(DeliveryError) -> Delivery {
        if isLimited.withLock({ $0 }) { throw DeliveryError(.rateLimited, "limited by the test") }
        do throws(BatchError) {
            try await check(batch)
        } catch {
            throw DeliveryError(.batchRefused, error.detail)
        }
        let failure = state.withLock { state in
            state.calls.append(Call(batch: batch, monitor: monitor, share: share, credentials: credentials))
            return state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure { throw DeliveryError(failure, "queued by the test") }
        return Delivery(body: [], requestID: "request-\(calls.count)")
    }
}

/// Reads the whole body as the user's id; an empty body has none.
struct PlainBatches: BatchReader {
    func userID(in batch: Batch) throws(BatchError) -> String? {
        let text = String(decoding: batch.body, as: UTF8.self)
        if text == "unreadable" { throw BatchError("unreadable") }
        return text.isEmpty ? nil : text
    }
}

/// Reads as `PlainBatches`, and records whether the executor runs it.
final class WatchingBatches: BatchReader {
    let isOnExecutor = Mutex<[Bool]>([])
    private let executor: CountingExecutor

    init(_ executor: CountingExecutor) { self.executor = executor }

    func userID(in batch: Batch) throws(BatchError) -> String? {
        isOnExecutor.withLock { $0.append(executor.isCurrent) }
        return try PlainBatches().userID(in: batch)
    }
}
