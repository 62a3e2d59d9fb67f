// SPDX-License-Identifier: Apache-2.0

/// The port to the metrics: one method for each event of the domain.
package protocol Meter: Sendable {
    /// Full verification accepted a token. Cached verdicts are not counted.
    /// - Parameter duration: of the verification, with a fetch of keys if it had to wait for one.
    func tokenVerified(in duration: Duration)
    func tokenRefused(_ reason: TokenError.Reason, in duration: Duration)
    /// An exchange ended, with its queue and its retries.
    /// - Parameter error: `nil` if it returned credentials.
    func exchanged(_ error: ExchangeError.Kind?, in duration: Duration)
    /// A caller gets credentials, from the cache or not. Called on the warm path, so it must neither block nor allocate.
    /// - Parameter seconds: what is left of their lifetime.
    func returned(_ audience: Grant.Audience, life seconds: Double)
    /// - Parameter bytes: size of the batch as received, compressed or not.
    func forwarded(_ outcome: ForwardingOutcome, bytes: Int)
}
