import Synchronization
import Vending

/// A data plane that takes every batch, but for the failures that it is told, and keeps what came.
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
        if let failure { throw DeliveryError(failure, "told to") }
        return Delivery(body: [], requestID: "request-\(calls.count)")
    }
}

/// Takes the whole body for the user's id, and an empty one for a batch without.
struct PlainBatches: BatchReader {
    func userID(in batch: Batch) throws(BatchError) -> String? {
        let text = String(decoding: batch.body, as: UTF8.self)
        if text == "unreadable" { throw BatchError("unreadable") }
        return text.isEmpty ? nil : text
    }
}
