// SPDX-License-Identifier: Apache-2.0

package import AWS
package import Vending

/// The trust policies of roles, one for each kind of exchange.
package enum TrustPolicy {
    /// Trusts users of these providers whose tokens have one of the audiences (AssumeRoleWithWebIdentity).
    package static func federated(_ providers: [OIDCProviderDocument]) -> PolicyDocument {
        PolicyDocument(
            providers.map { provider in
                PolicyDocument.Statement(
                    sid: nil, effect: .allow, principal: .federated(provider.principal),
                    action: "sts:AssumeRoleWithWebIdentity", resource: nil,
                    condition: ["StringEquals": ["\(provider.name):aud": OneOrMore(provider.audiences)]])
            })
    }

    /// Trusts tokens that Purser mints for the grant's audience (users or guests), and not those for the other
    /// audience.
    package static func minted(_ grant: Grant, by provider: OIDCProviderDocument) -> PolicyDocument {
        var condition: PolicyDocument.Condition = [
            "StringEquals": ["\(provider.name):aud": OneOrMore(provider.audiences)]
        ]
        let guests = OneOrMore(SessionName.guestPatterns)
        switch (grant.audience, grant.guestSessions) {
        case (.signedIn, _): condition["StringNotLike"] = ["\(provider.name):sub": guests]
        case (.guest, .shared):
            condition["StringEquals", default: [:]]["\(provider.name):sub"] = [SessionName(guestsOf: grant.app).text]
        case (.guest, .perVisitor): condition["StringLike"] = ["\(provider.name):sub": guests]
        }
        return PolicyDocument(
            .init(
                sid: nil, effect: .allow, principal: .federated(provider.principal),
                action: actions("sts:AssumeRoleWithWebIdentity", grant), resource: nil,
                condition: requiringAttribution(grant, condition)))
    }

    /// Trusts users or guests of an identity pool (Amazon Cognito Developer Guide, "Role trust and permissions").
    package static func pooled(_ grant: Grant, pool: IdentityPool, partition: Partition) -> PolicyDocument {
        let host = partition.cognitoHost(region: pool.region)
        let kind = grant.audience == .guest ? "unauthenticated" : "authenticated"
        return PolicyDocument(
            .init(
                sid: nil, effect: .allow, principal: .federated(host), action: "sts:AssumeRoleWithWebIdentity",
                resource: nil,
                condition: [
                    "StringEquals": ["\(host):aud": [pool.id]], "ForAnyValue:StringLike": ["\(host):amr": [kind]],
                ]))
    }

    /// Trusts Purser, by the broker's AWS identity (AssumeRole).
    package static func assumed(_ grant: Grant, by broker: IdentityARN) -> PolicyDocument {
        var condition: PolicyDocument.Condition = [:]
        if case .assumeRole(_, let externalID?) = grant.exchange {
            condition["StringEquals"] = ["sts:ExternalId": [externalID]]
        }
        condition = requiringAttribution(grant, condition)
        return PolicyDocument(
            .init(
                sid: nil, effect: .allow, principal: .aws(broker.text), action: actions("sts:AssumeRole", grant),
                resource: nil, condition: condition.isEmpty ? nil : condition))
    }

    /// The permission policy that the broker's AWS identity needs to assume the roles of these grants.
    package static func assuming(_ grants: [Grant]) -> PolicyDocument {
        let needed = grants.flatMap { actions("sts:AssumeRole", $0).values }
        let all = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"].filter(needed.contains)
        return PolicyDocument(
            .init(
                sid: "AssumeGrantedRoles", effect: .allow, principal: nil, action: OneOrMore(all),
                resource: OneOrMore(grants.compactMap(\.exchange.roleARN)), condition: nil))
    }

    /// The action itself, and those that tags and a source identity also require (IAM User Guide, "Passing session
    /// tags in AWS STS" and "Monitor and control actions taken with assumed roles").
    private static func actions(_ action: String, _ grant: Grant) -> OneOrMore {
        var actions = [action]
        if grant.attribution.sourceIdentity { actions.append("sts:SetSourceIdentity") }
        if !grant.attribution.tags.isEmpty { actions.append("sts:TagSession") }
        return OneOrMore(actions)
    }

    /// Adds the conditions of the grant's attribution: a session needs a source identity, and an app tag must name this
    /// app.
    private static func requiringAttribution(
        _ grant: Grant, _ condition: PolicyDocument.Condition
    ) -> PolicyDocument.Condition {
        var condition = condition
        if grant.attribution.sourceIdentity { condition["StringLike", default: [:]]["sts:SourceIdentity"] = "?*" }
        for tag in grant.attribution.tags where tag.source == .app {
            condition["StringEquals", default: [:]]["aws:RequestTag/\(tag.key)"] = [grant.app.rawValue]
        }
        return condition
    }
}
