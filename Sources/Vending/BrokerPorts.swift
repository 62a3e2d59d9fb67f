package import FoundationEssentials

extension Broker {
    /// What the broker does its work with.
    package struct Ports: Sendable {
        /// Encodes credentials for the response, once, when AWS has returned them.
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
        /// An identifier for a visitor that no other visitor has.
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
