// SPDX-License-Identifier: Apache-2.0

package import AWS
package import Vending

/// Denies new sessions to users whom a role's trust policy would admit with a token that they hold themselves, so that
/// Purser's deny list does not reach them.
package enum TrustDenial {
    /// Characters of a trust policy at most, without a raised quota; white space does not count (IAM quotas).
    package static let trustPolicyQuota = 2_048

    /// Users of a provider, by the subject of their tokens (exchange `web-identity`).
    package static func statement(
        subjects: [String], of provider: OIDCProviderDocument
    ) -> PolicyDocument.Statement {
        statement(principal: provider.principal, key: "\(provider.name):sub", subjects)
    }

    /// Identities of a pool (exchange `cognito`). A pool gives a user another identity when theirs is deleted.
    package static func statement(
        identities: [String], in pool: IdentityPool, _ partition: Partition
    ) -> PolicyDocument.Statement {
        let host = partition.cognitoHost(region: pool.region)
        return statement(principal: host, key: "\(host):sub", identities)
    }

    private static func statement(principal: String, key: String, _ values: [String]) -> PolicyDocument.Statement {
        PolicyDocument.Statement(
            sid: "DenyUsers", effect: .deny, principal: .federated(principal), action: "sts:AssumeRoleWithWebIdentity",
            resource: nil, condition: ["StringEquals": [key: OneOrMore(values)]])
    }
}

extension PolicyDocument {
    /// A statement alone, in one line.
    package static func text(of statement: Statement) -> String {
        let whole = PolicyDocument(statement).json()
        // The list of statements stands between the first bracket and the last one.
        guard let first = whole.firstIndex(of: "["), let last = whole.lastIndex(of: "]") else { return whole }
        return String(whole[whole.index(after: first)..<last])
    }

    /// The policy with one more statement.
    package func adding(_ statement: Statement) -> PolicyDocument { PolicyDocument(statements + [statement]) }
}
