// SPDX-License-Identifier: Apache-2.0

/// The port to the call that makes short credentials from those of a session (GetScopedCredentials).
package protocol SessionScoping: Sendable {
    /// One call, including its retries.
    /// - Parameters:
    ///   - parent: the session's credentials, which sign the call.
    ///   - request: its policy and its holder are those of the new credentials.
    ///   - seconds: the lifetime of the new credentials, at most what is left of the session's.
    ///   - time: the deadline.
    func scope(
        _ parent: TemporaryCredentials, for request: ExchangeRequest, seconds: Int, within time: Duration
    ) async throws(ScopingError) -> TemporaryCredentials
}

/// Why no short credentials were made.
package struct ScopingError: Error, Sendable {
    package let error: ExchangeError
    /// Whether AWS rejected the session, so that it may accept another one.
    package let rejectsParent: Bool

    package init(_ error: ExchangeError, rejectsParent: Bool) {
        self.error = error
        self.rejectsParent = rejectsParent
    }
}
