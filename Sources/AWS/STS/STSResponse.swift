// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Vending

/// A complete response of STS to an AssumeRole action.
struct STSResponse: Sendable {
    /// Unchecked: `problem(at:)` decides whether a client may receive them.
    let credentials: TemporaryCredentials
    let assumedRoleID: String?
    let assumedRoleARN: String?
    /// Percent of the space for session policies and tags that this session takes.
    let packedPolicySize: Int?
    /// Percent of the space for a session token that this one takes (GetScopedCredentials).
    let sessionTokenUtilization: Int?
    let sourceIdentity: String?
    /// `SubjectFromWebIdentityToken`, `Audience` and `Provider`, of a web-identity session only.
    let subject: Subject?
    let audience: String?
    let provider: String?
    let requestID: String?

    /// - Parameters:
    ///   - action: the call's, which names the elements.
    ///   - received: AWS's time of the response, if it differs from this machine's.
    /// - Returns: `nil` unless the body is one complete response to the call.
    init?(_ body: [UInt8], action: String, received: Date? = nil) {
        guard let root = MarkupDocument.parse(body), root.name == "\(action)Response",
            let result = root.only("\(action)Result"), let credentials = result.only("Credentials"),
            let accessKeyID = credentials.text("AccessKeyId"),
            let secretAccessKey = credentials.text("SecretAccessKey"),
            let sessionToken = credentials.text("SessionToken"),
            let expiration = credentials.text("Expiration").flatMap(AWSDate.parseRFC3339)
        else { return nil }
        requestID = root.only("ResponseMetadata")?.text("RequestId").flatMap(AWSErrorCode.label)
        let user = result.only("AssumedRoleUser")
        assumedRoleID = user?.text("AssumedRoleId")
        self.credentials = TemporaryCredentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken,
            expiration: expiration, received: received, assumedRoleID: assumedRoleID.flatMap(Self.plainRoleID),
            requestID: requestID)
        assumedRoleARN = user?.text("Arn")
        packedPolicySize = result.text("PackedPolicySize").flatMap { Int($0) }
        sessionTokenUtilization = result.text("SessionTokenUtilization").flatMap { Int($0) }
        sourceIdentity = result.text("SourceIdentity")
        subject = result.text("SubjectFromWebIdentityToken").map { Subject($0) }
        audience = result.text("Audience")
        provider = result.text("Provider")
    }

    /// The text if it is an assumed role's id that a client may receive (AssumedRoleUser `AssumedRoleId`).
    private static func plainRoleID(_ text: String) -> String? {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let isPlain =
            parts.count == 2 && (4...193).contains(text.utf8.count)
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0.isASCIIAlphanumeric || "_+=,.@-".utf8.contains($0) }
            }
        return isPlain ? text : nil
    }
}

/// The response to `GetCallerIdentity`.
struct GetCallerIdentityResponse: Sendable {
    let account: String
    let arn: String
    let userID: String

    /// - Returns: `nil` unless the body is one complete response.
    init?(_ body: [UInt8]) {
        guard let root = MarkupDocument.parse(body), root.name == "GetCallerIdentityResponse",
            let result = root.only("GetCallerIdentityResult"), let account = result.text("Account"),
            let arn = result.text("Arn"), let userID = result.text("UserId")
        else { return nil }
        self.account = account
        self.arn = arn
        self.userID = userID
    }
}
