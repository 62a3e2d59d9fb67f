// SPDX-License-Identifier: Apache-2.0

private import Foundation

/// An identity policy, trust policy or resource policy (IAM User Guide, "Grammar of the IAM JSON policy language").
package struct PolicyDocument: Hashable, Encodable, Sendable {
    package enum Effect: String, Encodable, Sendable {
        case allow = "Allow"
        case deny = "Deny"
    }

    package enum Principal: Hashable, Encodable, Sendable {
        case everyone
        /// The ARN of a role or user.
        case aws(String)
        /// The ARN of an OIDC provider.
        case federated(String)

        package func encode(to encoder: any Encoder) throws {
            switch self {
            case .everyone: try "*".encode(to: encoder)
            case .aws(let arn): try ["AWS": arn].encode(to: encoder)
            case .federated(let arn): try ["Federated": arn].encode(to: encoder)
            }
        }
    }

    /// Condition values by operator and condition key. One of the values must match.
    package typealias Condition = [String: [String: OneOrMore]]

    package struct Statement: Hashable, Encodable, Sendable {
        let sid: String?
        let effect: Effect
        let principal: Principal?
        let action: OneOrMore
        /// `nil` in a trust policy, whose resource is the role.
        let resource: OneOrMore?
        let condition: Condition?

        private enum CodingKeys: String, CodingKey {
            case sid = "Sid"
            case effect = "Effect"
            case principal = "Principal"
            case action = "Action"
            case resource = "Resource"
            case condition = "Condition"
        }
    }

    let version = "2012-10-17"
    package let statements: [Statement]

    /// The policy in one line, with members in alphabetical order.
    package func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // The document consists of strings, dictionaries and arrays, which always encode.
        guard let data = try? encoder.encode(self) else { preconditionFailure("a policy document has no JSON") }
        return String(decoding: data, as: UTF8.self)
    }

    init(_ statements: Statement...) { self.statements = statements }
    init(_ statements: [Statement]) { self.statements = statements }

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statements = "Statement"
    }
}

/// A list that encodes as a plain string if it has one element. AWS returns policies in the same form.
package struct OneOrMore: Hashable, Encodable, Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    package let values: [String]

    package init(_ values: [String]) { self.values = values }
    package init(stringLiteral value: String) { values = [value] }
    package init(arrayLiteral elements: String...) { values = elements }

    package func encode(to encoder: any Encoder) throws {
        if let only = values.first, values.count == 1 {
            try only.encode(to: encoder)
        } else {
            try values.encode(to: encoder)
        }
    }
}
