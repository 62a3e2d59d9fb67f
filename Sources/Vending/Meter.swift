/// The port to whatever counts: a method an event of the domain.
package protocol Meter: Sendable {
    /// A token that was not known yet turned out to be good.
    func tokenVerified()
    func tokenRefused(_ reason: TokenError.Reason)
    /// - Parameter bytes: of the batch, as it came.
    func forwarded(_ outcome: ForwardingOutcome, bytes: Int)
}
