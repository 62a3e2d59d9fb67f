// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

extension Broker {
    /// The broker's dependencies: everything that does I/O, reads the clock or draws random numbers.
    package struct Ports: Sendable {
        /// Encodes the response body, once for each exchange.
        package typealias Encoder =
            @Sendable (TemporaryCredentials, AppMonitor) throws(ExchangeError) -> EncodedCredentials

        package let verifier: any TokenVerifier
        package let exchange: any CredentialExchange
        package let pseudonyms: any Pseudonymizer
        package let audit: any AuditTrail
        package let meter: any Meter
        package let encode: Encoder
        package let dataPlane: any DataPlane
        package let batches: any BatchReader
        package let now: @Sendable () -> Date
        /// Generates a unique identifier for one guest.
        package let visitor: @Sendable () -> String

        package init(
            verifier: any TokenVerifier, exchange: any CredentialExchange, pseudonyms: any Pseudonymizer,
            audit: any AuditTrail, meter: any Meter, encode: @escaping Encoder, dataPlane: any DataPlane,
            batches: any BatchReader, now: @escaping @Sendable () -> Date, visitor: @escaping @Sendable () -> String
        ) {
            self.verifier = verifier
            self.exchange = exchange
            self.pseudonyms = pseudonyms
            self.audit = audit
            self.meter = meter
            self.encode = encode
            self.dataPlane = dataPlane
            self.batches = batches
            self.now = now
            self.visitor = visitor
        }

        /// `nil` for guests.
        func auditSubject(of request: ExchangeRequest) -> AuditSubject? {
            request.identity.map { identity in
                var subject = pseudonyms.pseudonymize(identity.issuer, identity.subject)
                if request.grant.attribution.naming == .clear { subject.subject = identity.subject }
                return subject
            }
        }
    }
}
