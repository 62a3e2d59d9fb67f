// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// The service of the configuration in use. A reload replaces it. A request is answered by the service that parsed it.
package final class CurrentService: Sendable {
    private let version = Atomic(0)
    private let service: Mutex<CredentialsService>

    package init(_ service: CredentialsService) {
        self.service = Mutex(service)
    }

    /// Requests whose header fields arrive from now on are for `service`.
    package func replace(with service: CredentialsService) {
        self.service.withLock { $0 = service }
        version.add(1, ordering: .releasing)
    }

    var value: CredentialsService { service.withLock { $0 } }

    /// One connection's view: one atomic load for each request, and the lock only after a reload.
    struct Reader {
        private let current: CurrentService
        private var version: Int
        private var service: CredentialsService

        init(_ current: CurrentService) {
            self.current = current
            version = current.version.load(ordering: .acquiring)
            service = current.value
        }

        mutating func read() -> CredentialsService {
            let version = current.version.load(ordering: .acquiring)
            if version != self.version {
                self.version = version
                service = current.value
            }
            return service
        }
    }
}
