import AWS
import Foundation
import Logging
import Tokens
import Vending

/// The ways to credentials.
struct Exchanges {
    let dispatcher: ExchangeDispatcher
    let own: OwnIdentity

    init(
        _ settings: Settings, _ environment: Environment, _ pseudonyms: PseudonymKey, _ minting: MintingIssuer?,
        _ logger: Logger
    ) {
        let limits = RetryPolicy.Limits(
            attempt: min(.seconds(5), settings.exchangeTimeout), deadline: settings.exchangeTimeout)
        let sts = STSClient(
            endpoint: settings.endpoints.sts(in: settings.aws.region), region: settings.aws.region,
            transport: environment.transport, retry: RetryPolicy(limits: limits), now: environment.now)
        own = OwnIdentity(settings, environment, sts: sts, logger: logger)
        dispatcher = ExchangeDispatcher(
            webIdentity: WebIdentityExchange(sts: sts, pseudonyms: pseudonyms),
            assumeRole: AssumeRoleExchange(sts: sts, own: own.credentials, pseudonyms: pseudonyms),
            minted: minting.map { MintedExchange(sts: sts, minter: $0, pseudonyms: pseudonyms) })
    }

    /// Purser as an issuer, where it is one.
    static func minting(_ settings: Settings, now: @escaping @Sendable () -> Date) -> MintingIssuer? {
        guard let minting = settings.minting, let first = minting.keys.first else { return nil }
        return MintingIssuer(
            issuer: minting.issuer, signer: first.signer, others: minting.keys.dropFirst().map(\.signer), now: now,
            identifier: Randomness.identifier)
    }
}
