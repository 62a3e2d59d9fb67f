import FoundationEssentials

/// The XML documents that STS answers with (AWS STS API, version 2011-06-15).
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

    static func success(_ result: AssumedRole, requestID: String) -> String {
        let session = result.session
        var children = [
            XMLElement(
                "AssumedRoleUser",
                [
                    XMLElement("AssumedRoleId", text: session.assumedRoleID),
                    XMLElement("Arn", text: session.assumedRoleARN),
                ]),
            XMLElement(
                "Credentials",
                [
                    XMLElement("AccessKeyId", text: session.key.id),
                    XMLElement("SecretAccessKey", text: session.key.secret),
                    XMLElement("SessionToken", text: session.token),
                    XMLElement("Expiration", text: session.expiration.formatted(.iso8601)),
                ]),
        ]
        if let percent = result.packedPolicySize {
            children.append(XMLElement("PackedPolicySize", text: String(percent)))
        }
        if let sourceIdentity = result.sourceIdentity {
            children.append(XMLElement("SourceIdentity", text: sourceIdentity))
        }
        if let web = result.webIdentity {
            children += [
                XMLElement("SubjectFromWebIdentityToken", text: web.subject),
                XMLElement("Audience", text: web.audience),
                XMLElement("Provider", text: web.provider),
            ]
        }
        let action = result.webIdentity == nil ? "AssumeRole" : "AssumeRoleWithWebIdentity"
        return XMLElement(
            "\(action)Response", namespace: namespace,
            [
                XMLElement("\(action)Result", children),
                XMLElement("ResponseMetadata", [XMLElement("RequestId", text: requestID)]),
            ]
        ).xml
    }
}
