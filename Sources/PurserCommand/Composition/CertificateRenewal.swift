// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import Logging
import Observability
import ServerTLS
import Synchronization

/// Decides what each new read of a listener's certificate files means.
///
/// Certificate and key are two files, which are rarely replaced in the same instant. So a pair that does not fit is
/// reported only when the next read finds the same; the old pair stays in use meanwhile.
final class CertificateRenewal: Sendable {
    private struct State {
        /// What was read last and is in use or refused.
        var settled: Result<TLSMaterial, TLSMaterialError>
        /// What was read last, does not fit, and is not reported yet.
        var doubtful: Result<TLSMaterial, TLSMaterialError>?
        var nextNotice: Date?
        var applied = 0
        var refused = 0
    }

    /// A certificate with less time than this left is reported once a day.
    static let notice = TimeInterval(14 * 86_400)
    private static let day = TimeInterval(86_400)

    private let tls: ListenerTLS
    private let listener: String
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameter material: what the current certificate was made from.
    init(
        of tls: ListenerTLS, listener: String, material: TLSMaterial, now: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        (self.tls, self.listener, self.now, self.logger) = (tls, listener, now, logger)
        state = Mutex(State(settled: .success(material)))
    }

    /// Changes that took effect.
    var applied: Int { state.withLock { $0.applied } }

    /// Changes after which the old certificate stayed in use.
    var refused: Int { state.withLock { $0.refused } }

    func begin() {
        log(.info, "certificate")
        noticeExpiry()
    }

    func apply(_ found: Result<TLSMaterial, TLSMaterialError>) {
        let isNew = state.withLock { state in
            if found == state.settled { state.doubtful = nil }
            return found != state.settled
        }
        if isNew { change(to: found) }
        noticeExpiry()
    }

    private func change(to found: Result<TLSMaterial, TLSMaterialError>) {
        do throws(TLSMaterialError) {
            let identity = try TLSIdentity(found.get(), now: now())
            tls.replace(with: identity)
            state.withLock { state in
                (state.settled, state.doubtful, state.nextNotice) = (found, nil, nil)
                state.applied += 1
            }
            log(.info, "certificate changed")
        } catch {
            let isConfirmed = state.withLock { state in
                guard state.doubtful == found else {
                    state.doubtful = found
                    return false
                }
                (state.settled, state.doubtful) = (found, nil)
                state.refused += 1
                return true
            }
            guard isConfirmed else { return }
            log(.warning, "certificate not renewed", detail: "tls.\(error.part.rawValue): \(error.reason)")
        }
    }

    private func noticeExpiry() {
        let (now, expires) = (now(), tls.current.expires)
        let isDue = state.withLock { state in
            guard expires.timeIntervalSince(now) < Self.notice, state.nextNotice.map({ $0 <= now }) ?? true else {
                return false
            }
            state.nextNotice = now.addingTimeInterval(Self.day)
            return true
        }
        guard isDue else { return }
        if expires > now {
            log(.warning, "certificate expires soon")
        } else {
            log(.error, "certificate expired", detail: "clients refuse it; replace the files of tls")
        }
    }

    private func log(_ level: Logger.Level, _ message: Logger.Message, detail: String? = nil) {
        let identity = tls.current
        var metadata: Logger.Metadata = [
            "listener": "\(listener)", "expires": "\(LogTimestamp.format(identity.expires))",
            "sha256": "\(Self.fingerprint(identity.leaf))",
        ]
        metadata["detail"] = detail.map { "\($0)" }
        logger.log(level: level, message, metadata: metadata)
    }

    /// As `openssl x509 -fingerprint -sha256` prints it, in lower case and without colons.
    private static func fingerprint(_ leaf: [UInt8]) -> String {
        SHA256.digest(leaf).bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
