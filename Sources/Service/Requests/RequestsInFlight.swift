// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The number of requests that the full path works on. The warm path answers at once, so its requests never are.
package final class RequestsInFlight: Sendable {
    private let number = Atomic(0)

    package init() {}

    package var count: Int { number.load(ordering: .relaxed) }

    func begin() { number.wrappingAdd(1, ordering: .relaxed) }
    func end() { number.wrappingSubtract(1, ordering: .relaxed) }
}
