// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import Tokens
import Vending

/// Logs once that an issuer's discovery document announces back-channel logout, and whether Purser receives it.
final class LogoutAnnouncement: Sendable {
    private let issuer: Issuer
    /// The name in the path; `nil` without `backchannel-logout`.
    private let name: String?
    private let logger: Logger
    private let isReported = Atomic(false)

    init(issuer: Issuer, name: String?, logger: Logger) {
        (self.issuer, self.name, self.logger) = (issuer, name, logger)
    }

    @Sendable func report(_ document: DiscoveryDocument) {
        guard document.announcesLogout, !isReported.exchange(true, ordering: .relaxed) else { return }
        let detail =
            name.map { "register /v1/backchannel-logout/\($0) as its backchannel_logout_uri" }
            ?? "not received: the issuer has no backchannel-logout"
        logger.info(
            "issuer announces back-channel logout", metadata: ["issuer": "\(issuer)", "detail": "\(detail)"])
    }
}
