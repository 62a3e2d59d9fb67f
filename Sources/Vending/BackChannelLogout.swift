// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// Receives logout tokens from issuers (OpenID Connect Back-Channel Logout 1.0 §2.5): verify, refuse the tokens issued
/// before, evict the credentials that were obtained with them, store.
package final class BackChannelLogout: Sendable {
    private let verifiers: [String: any LogoutTokenVerifier]
    private let list: LogoutList
    private let store: any LogoutStore
    private let cache: CredentialCache
    private let parents: ParentSessions?
    private let limits: RequestLimits
    private let now: @Sendable () -> Date

    /// - Parameter verifiers: by the name of the issuer in the path.
    package init(
        verifiers: [String: any LogoutTokenVerifier], list: LogoutList, store: any LogoutStore,
        cache: CredentialCache, parents: ParentSessions? = nil, limits: RequestLimits,
        now: @escaping @Sendable () -> Date
    ) {
        self.verifiers = verifiers
        self.list = list
        self.store = store
        self.cache = cache
        self.parents = parents
        self.limits = limits
        self.now = now
    }

    package func serves(_ name: String) -> Bool { verifiers[name] != nil }

    /// Whether the client may have another logout token verified. Rejected logout tokens count like rejected bearer
    /// tokens.
    package func admit(_ client: ClientAddress?) throws(LogoutError) {
        if let limited = limits.admitVerification(for: client) { throw .rateLimited(limited) }
    }

    /// Returns when the logout is in effect and stored.
    package func receive(_ token: String, for name: String, from client: ClientAddress?) async throws(LogoutError) {
        guard let verifier = verifiers[name] else {
            throw .tokenRefused(TokenError(.issuerUnknown, "no issuer has the name in the path"))
        }
        try admit(client)
        let record: LogoutRecord
        do throws(LogoutError) {
            record = try await verifier.verify(token, at: now())
            try list.add(record)
        } catch {
            if error.blamesSender { limits.verificationFailed(for: client) }
            throw error
        }
        // First the kept sessions, so that no credentials are made from them afterwards.
        parents?.removeEnded(by: record)
        cache.removeEnded(by: record)
        do throws(LogoutError) {
            try await store.store(record)
        } catch {
            list.admitAgain(record.identifier)
            throw error
        }
    }
}

extension LogoutError {
    /// Whether the token is at fault, and not the issuer's keys, the list or its file.
    fileprivate var blamesSender: Bool {
        switch self {
        case .tokenRefused(let error): error.reason != .keysUnavailable
        case .invalid(.full, _), .invalid(.notStored, _), .rateLimited: false
        case .invalid: true
        }
    }
}
