// SPDX-License-Identifier: Apache-2.0

import AWS
import BrokerConfiguration
import Foundation
import Logging
import Tokens
import Vending

/// Constructs the exchanges and what they call.
struct Exchanges {
    let dispatcher: ExchangeDispatcher
    let scoped: ScopedExchange
    let brokerIdentity: BrokerIdentity

    init(
        _ settings: Settings, _ environment: Environment, _ pseudonyms: PseudonymKey, _ minting: MintingIssuer?,
        _ calls: AWSCalls, _ logger: Logger
    ) {
        let limits = settings.retryLimits
        let sts = STSClient(
            endpoint: settings.endpoints.sts(in: settings.aws.region), region: settings.aws.region,
            transport: environment.transport, retry: RetryPolicy(limits: limits),
            endpointGuard: calls.endpointGuard(
                .sts, perSecond: settings.stsRate, signedInReserve: settings.signedInReserve), now: environment.now,
            used: calls.spaces.add)
        brokerIdentity = BrokerIdentity(settings, environment, sts: sts, logger: logger)
        scoped = ScopedExchange(sts: sts, pseudonyms: pseudonyms)
        dispatcher = ExchangeDispatcher(
            webIdentity: WebIdentityExchange(sts: sts, pseudonyms: pseudonyms),
            assumeRole: AssumeRoleExchange(
                sts: sts, brokerCredentials: brokerIdentity.credentials, pseudonyms: pseudonyms),
            minted: minting.map { MintedExchange(sts: sts, minter: $0, pseudonyms: pseudonyms) },
            cognito: Self.cognito(settings, environment, sts, retry: limits, pseudonyms, calls))
    }

    /// One exchange for each Region with a configured identity pool.
    private static func cognito(
        _ settings: Settings, _ environment: Environment, _ sts: STSClient, retry limits: RetryPolicy.Limits,
        _ pseudonyms: PseudonymKey, _ calls: AWSCalls
    ) -> [String: CognitoExchange] {
        var exchanges: [String: CognitoExchange] = [:]
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
