// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import ServerTLS
import Synchronization
import TestSupport
import Testing
import Vending

@testable import PurserCommand

@Suite final class CertificateRenewalTests: Sendable {
    private let time = ManualTime()
    private let log = RecordedLog()
    private let tls: ListenerTLS
    private let renewal: CertificateRenewal

    private let first = TLSMaterial(certificate: TestCertificates.certificate, key: TestCertificates.key)
    private let second = TLSMaterial(certificate: TestCertificates.otherCertificate, key: TestCertificates.otherKey)
    /// As a read finds it between the two renames of a renewal.
    private let mixed = TLSMaterial(certificate: TestCertificates.otherCertificate, key: TestCertificates.key)

    init() throws {
        let (time, log) = (time, log)
        tls = ListenerTLS(try TLSIdentity(first, now: time.now))
        renewal = CertificateRenewal(
            of: tls, listener: "public", material: first, now: { time.now }, logger: Logger(label: "test") { _ in log })
    }

    @Test("applies a new pair at once, and logs it once")
    func applied() throws {
        let old = tls.current.leaf
        renewal.apply(.success(first))
        #expect(log.details.isEmpty)
        for _ in 0..<3 { renewal.apply(.success(second)) }
        #expect(tls.current.leaf != old && log.details == ["info certificate changed"])
        #expect(renewal.applied == 1 && renewal.refused == 0)
    }

    @Test("says nothing about a pair that does not fit for one read")
    func between() {
        renewal.apply(.success(mixed))
        renewal.apply(.success(second))
        renewal.apply(.success(mixed))
        renewal.apply(.success(second))
        renewal.apply(.failure(TLSMaterialError(.key, "gone")))
        renewal.apply(.success(second))
        renewal.apply(.failure(TLSMaterialError(.key, "gone")))
        renewal.apply(.success(second))
        #expect(log.details == ["info certificate changed"] && renewal.refused == 0)
    }

    @Test("keeps the old pair, and logs a bad one once, until another one comes")
    func refused() {
        let old = tls.current.leaf
        for _ in 0..<5 { renewal.apply(.success(mixed)) }
        for _ in 0..<5 { renewal.apply(.failure(TLSMaterialError(.certificate, "can't be read"))) }
        #expect(tls.current.leaf == old && renewal.refused == 2)
        #expect(
            log.details == [
                "warning certificate not renewed: tls.key: found a key that does not match the certificate; expected "
                    + "the certificate's own key", "warning certificate not renewed: tls.certificate: can't be read",
            ])
        renewal.apply(.success(second))
        #expect(tls.current.leaf != old && renewal.applied == 1)
    }

    @Test("warns of a certificate's end from 14 days before it on, once a day, and of an expired one")
    func expiry() {
        renewal.begin()
        #expect(log.details == ["info certificate"])
        let left = tls.current.expires.timeIntervalSince(time.now)
        time.advance(left - 15 * 86_400)
        renewal.apply(.success(first))
        #expect(log.details.count == 1)
        time.advance(1.5 * 86_400)
        for _ in 0..<3 { renewal.apply(.success(first)) }
        #expect(log.details.dropFirst() == ["warning certificate expires soon"])
        time.advance(86_400)
        renewal.apply(.success(first))
        #expect(log.details.count == 3)
        time.advance(20 * 86_400)
        renewal.apply(.success(first))
        #expect(log.details.last?.hasPrefix("error certificate expired") == true)
    }

    @Test("the watch reads at its interval until it is cancelled")
    func watch() async throws {
        let reads = Mutex(0)
        let (steps, step) = AsyncStream<Void>.makeStream()
        let material = second
        let watch = CertificateWatch(
            renewal: renewal,
            time: MonotonicTime(
                now: { .zero },
                sleep: { duration in
                    #expect(duration == .milliseconds(500))
                    guard reads.withLock({ $0 }) < 3 else {
                        step.yield()
                        try await Task.sleep(for: .seconds(600))
                        return
                    }
                })
        ) {
            reads.withLock { $0 += 1 }
            return .success(material)
        }
        let running = Task { try await watch.run() }
        for await _ in steps { break }
        running.cancel()
        _ = await running.result
        #expect(reads.withLock { $0 } == 3 && renewal.applied == 1)
    }
}
