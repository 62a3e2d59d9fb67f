private import Foundation

/// A policy of IAM, of a role's trust or of a resource (IAM User Guide, "Grammar of the IAM JSON policy language").
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

    /// Operator, then condition key, then the values of which one must fit.
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

    /// In one line, its members in order of the alphabet.
    package func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings in dictionaries and arrays: there is nothing that could not be encoded.
        guard let data = try? encoder.encode(self) else { preconditionFailure("a policy that has no JSON") }
        return String(decoding: data, as: UTF8.self)
    }

    init(_ statements: Statement...) { self.statements = statements }
    init(_ statements: [Statement]) { self.statements = statements }

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statements = "Statement"
    }
}

/// A list that is spelled as its element where it has one, as AWS spells it back.
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
