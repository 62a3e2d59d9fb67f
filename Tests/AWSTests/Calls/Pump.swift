import Synchronization
import TestSupport
import Vending

@testable import AWS

/// Time that runs by itself as fast as whoever sleeps allows.
final class Pump: Sendable {
    let clock = TestSupport.ManualClock()
    private let ended = Atomic(false)

    var time: MonotonicTime { MonotonicTime(clock) }

    /// Runs `body` while time passes.
    func run<Value>(_ body: () async -> Value) async -> Value {
        async let pumping: Void = pump()
        let value = await body()
        ended.store(true, ordering: .relaxed)
        await pumping
        return value
    }

    private func pump() async {
        while !ended.load(ordering: .relaxed) {
            // Whoever was woken gets on before time does.
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
