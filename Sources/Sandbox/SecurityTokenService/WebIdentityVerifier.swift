// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Verifies a web identity token for STS and returns its identity.
protocol WebIdentityVerifier: Sendable {
    func verify(_ token: String, at now: Date) async throws(STSError) -> WebIdentity
}
