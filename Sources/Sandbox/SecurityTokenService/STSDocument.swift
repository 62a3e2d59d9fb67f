// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The XML response documents of STS (AWS STS API, version 2011-06-15).
enum STSDocument {
    private static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

    static func error(_ error: STSError, requestID: String) -> String {
        XMLElement(
            "ErrorResponse", namespace: namespace,
            [
                XMLElement(
                    "Error",
                    [
                        XMLElement("Type", text: "Sender"),
                        XMLElement("Code", text: error.code),
                        XMLElement("Message", text: error.message),
                    ]),
                XMLElement("RequestId", text: requestID),
            ]
        ).xml
    }

    static func success(_ result: STSResult, requestID: String) -> String {
        switch result {
        case .assumedRole(let role):
            success(
                role.webIdentity == nil ? "AssumeRole" : "AssumeRoleWithWebIdentity", children(role),
                requestID: requestID)
        case .scopedSession(let scoped):
            success(SecurityTokenService.scopingAction, children(scoped), requestID: requestID)
        case .callerIdentity(let caller):
            success(
                "GetCallerIdentity",
                [
                    XMLElement("Arn", text: caller.arn), XMLElement("UserId", text: caller.userID),
                    XMLElement("Account", text: caller.account),
                ], requestID: requestID)
        }
    }

    private static func success(_ action: String, _ children: [XMLElement], requestID: String) -> String {
        XMLElement(
            "\(action)Response", namespace: namespace,
            [
                XMLElement("\(action)Result", children),
                XMLElement("ResponseMetadata", [XMLElement("RequestId", text: requestID)]),
            ]
        ).xml
    }

    private static func credentials(_ session: Session) -> XMLElement {
        XMLElement(
            "Credentials",
            [
                XMLElement("AccessKeyId", text: session.key.id),
                XMLElement("SecretAccessKey", text: session.key.secret),
                XMLElement("SessionToken", text: session.token),
                XMLElement("Expiration", text: session.expiration.formatted(.iso8601)),
            ])
    }

    private static func children(_ result: ScopedSessionResult) -> [XMLElement] {
        let session = result.session
        var children = [
            credentials(session),
            XMLElement(
                "SessionInfo",
                [
                    XMLElement("ScopedSessionId", text: session.assumedRoleID),
                    XMLElement("Arn", text: session.assumedRoleARN),
                ]),
            XMLElement("ScopedPoliciesCount", text: String(session.scopedPolicies.count)),
            XMLElement("SessionTokenSize", text: String(session.token.utf8.count)),
            XMLElement("SessionTokenUtilization", text: String(result.tokenUtilization)),
        ]
        if let sourceIdentity = session.sourceIdentity {
            children.append(XMLElement("SourceIdentity", text: sourceIdentity))
        }
        return children
    }

    private static func children(_ result: AssumedRole) -> [XMLElement] {
        let session = result.session
        var children = [
            XMLElement(
                "AssumedRoleUser",
                [
                    XMLElement("AssumedRoleId", text: session.assumedRoleID),
                    XMLElement("Arn", text: session.assumedRoleARN),
                ]),
            credentials(session),
        ]
        if let percent = result.packedPolicySize {
            children.append(XMLElement("PackedPolicySize", text: String(percent)))
        }
        if let sourceIdentity = session.sourceIdentity {
            children.append(XMLElement("SourceIdentity", text: sourceIdentity))
        }
        if let web = result.webIdentity {
            children += [
                XMLElement("SubjectFromWebIdentityToken", text: web.subject),
                XMLElement("Audience", text: web.audience),
                XMLElement("Provider", text: web.provider),
            ]
        }
        return children
    }
}
