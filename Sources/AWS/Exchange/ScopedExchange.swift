// SPDX-License-Identifier: Apache-2.0

package import Vending

/// Makes short credentials from a session that Purser keeps: `GetScopedCredentials`, signed with the session's
/// credentials. Works with the sessions of every exchange.
package struct ScopedExchange: SessionScoping {
    private let sts: STSClient
    private let pseudonyms: PseudonymKey

    /// - Parameter sts: for a regional endpoint; AWS's global one does not have the action.
    package init(sts: STSClient, pseudonyms: PseudonymKey) {
        self.sts = sts
        self.pseudonyms = pseudonyms
    }

    package func scope(
        _ parent: TemporaryCredentials, for request: ExchangeRequest, seconds: Int, within time: Duration
    ) async throws(ScopingError) -> TemporaryCredentials {
        let session = ScopedSession(
            policy: request.policy.json, durationSeconds: seconds, description: description(of: request))
        do throws(ExchangeError) {
            return try await sts.within(time)
                .assume(
                    .getScopedCredentials(session), for: request.exchangeShare.handOut,
                    signedBy: FixedCredentials(SigningCredentials(parent)))
        } catch {
            let isAboutSession = error.code.map(ScopedSession.sessionErrors.contains) ?? false
            throw ScopingError(error, rejectsParent: error.kind == .refused && isAboutSession)
        }
    }

    /// `ScopedSessionDescription`: the app, and the user's pseudonym. An app's name has at most 64 characters, and a
    /// pseudonym has 64.
    private func description(of request: ExchangeRequest) -> String {
        let holder =
            switch request.holder {
            case .user(let identity, _): "user \(pseudonyms.pseudonym(identity.issuer, identity.subject).text)"
            case .guests: "guests"
            case .visitor(let identifier): "visitor \(identifier)"
            }
        return "Purser: app \(request.grant.app), \(holder)"
    }
}
