package import FoundationEssentials

/// Credentials as they are handed out: encoded once, when they came.
package final class Vended: Sendable {
    /// The body of the answer, ready to send.
    package let answer: [UInt8]
    package let expiration: Date

    package init(answer: [UInt8], expiration: Date) {
        self.answer = answer
        self.expiration = expiration
    }
}
