// SPDX-License-Identifier: Apache-2.0

import ServerTLS
import ServiceLifecycle
import Vending

/// Reads a listener's certificate files twice a second. It compares their contents, so that it notices every kind of
/// change: written in place, renamed, or a link of a directory above that points elsewhere.
struct CertificateWatch: Service {
    static let intervalByDefault = Duration.milliseconds(500)

    let renewal: CertificateRenewal
    let interval: Duration
    let time: MonotonicTime
    let read: @Sendable () async -> Result<TLSMaterial, TLSMaterialError>

    init(
        renewal: CertificateRenewal, interval: Duration = intervalByDefault, time: MonotonicTime = .system,
        read: @escaping @Sendable () async -> Result<TLSMaterial, TLSMaterialError>
    ) {
        (self.renewal, self.interval, self.time, self.read) = (renewal, interval, time, read)
    }

    func run() async throws {
        renewal.begin()
        await cancelWhenGracefulShutdown {
            do {
                while true {
                    try await time.sleep(interval)
                    renewal.apply(await read())
                }
            } catch {
                // Cancelled: the service ends.
            }
        }
        try await gracefulShutdown()
    }
}
