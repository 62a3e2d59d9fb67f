import FoundationEssentials
import Vending

/// What STS answers an assumed role with. Only what is complete becomes one.
struct STSAnswer: Sendable {
    /// As they came; `problem(at:)` says whether they may be handed on.
    let credentials: TemporaryCredentials
    let assumedRoleID: String?
    let assumedRoleARN: String?
    /// Percent of the space for session policies and tags that this session takes.
    let packedPolicySize: Int?
    let sourceIdentity: String?
    /// `SubjectFromWebIdentityToken`, `Audience` and `Provider`, of a web-identity session only.
    let subject: Subject?
    let audience: String?
    let provider: String?
    let requestID: String?

    /// - Parameter action: the call's, which names the elements.
    /// - Returns: `nil` for anything but one whole answer to that call.
    init?(_ body: [UInt8], action: String) {
        guard let root = MarkupDocument.parse(body), root.name == "\(action)Response",
            let result = root.only("\(action)Result"), let credentials = result.only("Credentials"),
            let accessKeyID = credentials.text("AccessKeyId"),
            let secretAccessKey = credentials.text("SecretAccessKey"),
            let sessionToken = credentials.text("SessionToken"),
            let expiration = credentials.text("Expiration").flatMap(AWSDate.parseISO8601)
        else { return nil }
        requestID = root.only("ResponseMetadata")?.text("RequestId").flatMap(STSError.label)
        self.credentials = TemporaryCredentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken,
            expiration: expiration, requestID: requestID)
        let user = result.only("AssumedRoleUser")
        assumedRoleID = user?.text("AssumedRoleId")
        assumedRoleARN = user?.text("Arn")
        packedPolicySize = result.text("PackedPolicySize").flatMap { Int($0) }
        sourceIdentity = result.text("SourceIdentity")
        subject = result.text("SubjectFromWebIdentityToken").map { Subject($0) }
        audience = result.text("Audience")
        provider = result.text("Provider")
    }

    /// Why the credentials are not fit to be handed on, in fixed words; `nil` if they are.
    ///
    /// They end up in JSON, XML and headers, so they may hold visible ASCII only, and no `"`, `\` or `<`.
    func problem(at now: Date) -> String? {
        let fields = [
            ("AccessKeyId", credentials.accessKeyID, 16...128),
            ("SecretAccessKey", credentials.secretAccessKey, 1...256),
            ("SessionToken", credentials.sessionToken, 1...16_384),
        ]
        for (name, value, length) in fields {
            guard length.contains(value.utf8.count) else { return "\(name) is not of the expected length" }
            guard value.utf8.allSatisfy(Self.isPlain) else { return "\(name) holds unexpected characters" }
        }
        let life = credentials.expiration.timeIntervalSince(now)
        if life <= 0 { return "Expiration is in the past: is this machine's clock right?" }
        // The longest session there is, and some difference between the clocks.
        if life > 43_200 + 300 { return "Expiration is more than 12 hours ahead: is this machine's clock right?" }
        return nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "<")
    }
}

/// The answer to `GetCallerIdentity`.
struct CallerIdentity: Sendable {
    let account: String
    let arn: String
    let userID: String

    /// - Returns: `nil` for anything but one whole answer.
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
