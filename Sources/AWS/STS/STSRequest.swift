// SPDX-License-Identifier: Apache-2.0

import Vending

/// A call of the STS query API, version 2011-06-15, with AWS's own parameter names.
enum STSRequest: Sendable {
    case assumeRole(RoleSession, AssumeRoleOptions = AssumeRoleOptions())
    /// Never signed: the token is the authentication.
    case assumeRoleWithWebIdentity(RoleSession, token: WebIdentityToken)
    case getCallerIdentity
    case getScopedCredentials(ScopedSession)

    static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

    /// `Action`.
    var action: String {
        switch self {
        case .assumeRole: "AssumeRole"
        case .assumeRoleWithWebIdentity: "AssumeRoleWithWebIdentity"
        case .getCallerIdentity: "GetCallerIdentity"
        case .getScopedCredentials: ScopedSession.action
        }
    }

    /// The form, in the order of AWS's service model.
    var body: [UInt8] {
        let all = [("Action", action), ("Version", "2011-06-15")] + parameters
        var body: [UInt8] = []
        // Most bytes need no encoding, except in the policy.
        body.reserveCapacity(all.reduce(512) { $0 + $1.1.utf8.count })
        for (name, value) in all {
            if !body.isEmpty { body.append(UInt8(ascii: "&")) }
            body += name.utf8
            body.append(UInt8(ascii: "="))
            PercentEncoding.appendForm(value, to: &body)
        }
        return body
    }

    private var parameters: [(String, String)] {
        switch self {
        case .assumeRole(let session, let options): session.parameters + options.parameters
        case .assumeRoleWithWebIdentity(let session, let token):
            session.parameters + [("WebIdentityToken", token.rawValue)]
        case .getCallerIdentity: []
        case .getScopedCredentials(let session): session.parameters
        }
    }
}

/// The parameters of both AssumeRole actions.
struct RoleSession: Sendable {
    var roleARN: String
    var sessionName: String
    /// Seconds, 900–43,200; `nil` for the default of 3,600.
    var durationSeconds: Int?
    /// The inline session policy, at most 2,048 characters.
    var policy: String?
    /// Managed session policies, at most 10.
    var policyARNs: [String]

    init(
        roleARN: String, sessionName: String, durationSeconds: Int? = nil, policy: String? = nil,
        policyARNs: [String] = []
    ) {
        self.roleARN = roleARN
        self.sessionName = sessionName
        self.durationSeconds = durationSeconds
        self.policy = policy
        self.policyARNs = policyARNs
    }

    fileprivate var parameters: [(String, String)] {
        var all = [("RoleArn", roleARN), ("RoleSessionName", sessionName)]
        if let durationSeconds { all.append(("DurationSeconds", String(durationSeconds))) }
        if let policy { all.append(("Policy", policy)) }
        all += policyARNs.enumerated().map { ("PolicyArns.member.\($0.offset + 1).arn", $0.element) }
        return all
    }
}

/// The parameters that only `AssumeRole` has; a web-identity session gets them from the token's claims.
struct AssumeRoleOptions: Sendable {
    /// Session tags, at most 50.
    var tags: [(key: String, value: String)]
    var transitiveTagKeys: [String]
    var sourceIdentity: String?
    var externalID: String?

    init(
        tags: [(key: String, value: String)] = [], transitiveTagKeys: [String] = [], sourceIdentity: String? = nil,
        externalID: String? = nil
    ) {
        self.tags = tags
        self.transitiveTagKeys = transitiveTagKeys
        self.sourceIdentity = sourceIdentity
        self.externalID = externalID
    }

    fileprivate var parameters: [(String, String)] {
        var all = tags.enumerated().flatMap { index, tag in
            [("Tags.member.\(index + 1).Key", tag.key), ("Tags.member.\(index + 1).Value", tag.value)]
        }
        all += transitiveTagKeys.enumerated().map { ("TransitiveTagKeys.member.\($0.offset + 1)", $0.element) }
        if let sourceIdentity { all.append(("SourceIdentity", sourceIdentity)) }
        if let externalID { all.append(("ExternalId", externalID)) }
        return all
    }
}
