// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// The port to the verification of one issuer's logout tokens.
package protocol LogoutTokenVerifier: Sendable {
    /// Verifies a logout token in full, except that it may be a replay.
    func verify(_ token: String, at now: Date) async throws(LogoutError) -> LogoutRecord
}

/// The port to the storage of logouts across restarts.
package protocol LogoutStore: Sendable {
    /// Returns when the record is on the disk.
    /// - Throws: `notStored` if it can't be stored, or not in time. In the latter case it may still be stored later.
    func store(_ record: LogoutRecord) async throws(LogoutError)
}
