// SPDX-License-Identifier: Apache-2.0

import AWS
import BrokerConfiguration
import Foundation
import Logging
import Tokens
import Vending

/// Constructs the exchanges and what they call.
struct Exchanges: Sendable {
    let dispatcher: ExchangeDispatcher
    let scoped: ScopedExchange
    let brokerIdentity: BrokerIdentity
    private let sts: STSClient
    private let minted: MintedExchange?
    /// By the Region of the pools.
    private let cognito: [String: CognitoExchange]

    /// - Parameter old: those before a reload. What they call stays, with its limits, its breakers and its caches.
    init(
        _ settings: Settings, _ environment: Environment, _ pseudonyms: PseudonymKey, _ minting: MintingIssuer?,
        _ calls: AWSCalls, _ logger: Logger, replacing old: Exchanges? = nil
    ) {
        let limits = settings.retryLimits
        let sts =
            old?.sts
            ?? STSClient(
                endpoint: settings.endpoints.sts(in: settings.aws.region), region: settings.aws.region,
                transport: environment.transport, retry: RetryPolicy(limits: limits),
                endpointGuard: calls.endpointGuard(
                    .sts, perSecond: settings.stsRate, signedInReserve: settings.signedInReserve),
                now: environment.now, used: calls.spaces.add)
        self.sts = sts
        brokerIdentity =
            old?.brokerIdentity
            ?? BrokerIdentity(environment, patience: settings.exchangeTimeout, sts: sts, logger: logger)
        scoped = old?.scoped ?? ScopedExchange(sts: sts, pseudonyms: pseudonyms)
        minted = old == nil ? minting.map { MintedExchange(sts: sts, minter: $0, pseudonyms: pseudonyms) } : old?.minted
        cognito = Self.cognito(settings, environment, sts, retry: limits, pseudonyms, calls, known: old?.cognito ?? [:])
        dispatcher = ExchangeDispatcher(
            webIdentity: WebIdentityExchange(sts: sts, pseudonyms: pseudonyms),
            assumeRole: AssumeRoleExchange(
                sts: sts, brokerCredentials: brokerIdentity.credentials, pseudonyms: pseudonyms),
            minted: minted, cognito: cognito)
    }

    /// One exchange for each Region with a configured identity pool.
    private static func cognito(
        _ settings: Settings, _ environment: Environment, _ sts: STSClient, retry limits: RetryPolicy.Limits,
        _ pseudonyms: PseudonymKey, _ calls: AWSCalls, known: [String: CognitoExchange]
    ) -> [String: CognitoExchange] {
        var exchanges = known
        for grant in settings.grants {
            guard case .cognito(let pool) = grant.exchange, exchanges[pool.region] == nil,
                let region = Region(pool.region)
            else { continue }
            let breaker = CircuitBreaker()
            func endpointGuard(_ service: AWSCalls.Service, perSecond rate: Int) -> EndpointGuard {
                calls.endpointGuard(
                    service, perSecond: rate, signedInReserve: settings.signedInReserve, breaker: breaker)
            }
            let client = CognitoClient(
                endpoint: settings.endpoints.cognitoIdentity(in: region), transport: environment.transport,
                retry: RetryPolicy(limits: limits),
                guards: CognitoClient.Guards(
                    getID: endpointGuard(.cognitoGetID, perSecond: cognitoGetIDRate),
                    others: endpointGuard(.cognito, perSecond: cognitoRate)),
                now: environment.now)
            exchanges[pool.region] = CognitoExchange(
                cognito: client, sts: sts, pseudonyms: pseudonyms, now: environment.now)
        }
        return exchanges
    }

    // Calls per second. AWS's quotas for an account and Region ("Amazon Cognito endpoints and quotas").
    private static let cognitoGetIDRate = 25
    static let cognitoRate = 200

    /// The issuer of minted tokens; `nil` if `minting` is not configured.
    static func minting(_ settings: Settings, now: @escaping @Sendable () -> Date) -> MintingIssuer? {
        guard let minting = settings.minting, let first = minting.keys.first else { return nil }
        return MintingIssuer(
            issuer: minting.issuer, signer: first.signer, others: minting.keys.dropFirst().map(\.signer), now: now,
            identifier: Randomness.identifier)
    }
}
