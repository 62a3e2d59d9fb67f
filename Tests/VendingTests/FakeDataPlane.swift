// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Vending

/// A data plane that records its calls, and accepts each batch unless a failure is queued.
final class FakeDataPlane: DataPlane {
    struct Call: Sendable {
        let batch: Batch
        let monitor: AppMonitor
        let credentials: TemporaryCredentials
    }

    private let state = Mutex((calls: [Call](), failures: [DeliveryError.Kind]()))

    var calls: [Call] { state.withLock { $0.calls } }

    func fail(_ kinds: DeliveryError.Kind...) { state.withLock { $0.failures += kinds } }

    func put(
        _ batch: Batch, to monitor: AppMonitor, for app: AppName, with credentials: TemporaryCredentials
    ) async throws(DeliveryError) -> Delivery {
        let failure = state.withLock { state in
            state.calls.append(Call(batch: batch, monitor: monitor, credentials: credentials))
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
