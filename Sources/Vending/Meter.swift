// SPDX-License-Identifier: Apache-2.0

/// The port to the metrics: one method for each event of the domain.
package protocol Meter: Sendable {
    /// Full verification accepted a token. Cached verdicts are not counted.
    func tokenVerified()
    func tokenRefused(_ reason: TokenError.Reason)
    /// - Parameter bytes: size of the batch as received, compressed or not.
    func forwarded(_ outcome: ForwardingOutcome, bytes: Int)
}
