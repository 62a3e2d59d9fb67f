import FoundationEssentials

/// Credentials in JSON, in the three forms that there are: of a process, a container endpoint and EC2's metadata.
struct CredentialDocument: Decodable, CustomReflectable, CustomStringConvertible {
    private let Version: Int?
    private let Code: String?
    private let AccessKeyId: String?
    private let SecretAccessKey: String?
    private let SessionToken: String?
    private let Token: String?
    private let Expiration: String?

    /// Bytes of any of them.
    static let sizeLimit = 65_536

    enum Form {
        /// `Version` 1; the token is called `SessionToken`, and both it and the end can be missing.
        case process
        /// `Token` and `Expiration` are always there.
        case container
        /// As of a container, with the `Code` `Success`.
        case metadata
    }

    /// - Parameter place: who answered, for the words of a problem, which never hold what the answer says.
    static func read(
        _ bytes: [UInt8], _ form: Form, from place: String
    ) throws(BrokerCredentialError) -> SigningCredentials {
        let document: CredentialDocument
        do {
            document = try JSONDecoder().decode(CredentialDocument.self, from: Data(bytes))
        } catch {
            throw BrokerCredentialError("\(place): the answer is no JSON with credentials in it")
        }
        return try document.credentials(form, place)
    }

    var description: String { "[redacted document]" }
    var customMirror: Mirror { Mirror(self, children: [:]) }

    private func credentials(_ form: Form, _ place: String) throws(BrokerCredentialError) -> SigningCredentials {
        if form == .process, Version != 1 { throw BrokerCredentialError("\(place): expected Version 1") }
        if form == .metadata, Code != "Success" { throw BrokerCredentialError("\(place): the answer is no success") }
        let token = form == .process ? SessionToken : Token
        guard let AccessKeyId, let SecretAccessKey, form == .process || (token != nil && Expiration != nil) else {
            let names = "AccessKeyId, SecretAccessKey" + (form == .process ? "" : ", Token, Expiration")
            throw BrokerCredentialError("\(place): expected \(names)")
        }
        let expiration = Expiration.flatMap(AWSDate.parseRFC3339)
        guard expiration != nil || Expiration == nil else {
            throw BrokerCredentialError("\(place): Expiration is not a time")
        }
        let names = (id: "\(place): AccessKeyId", secret: "\(place): SecretAccessKey", token: "\(place): the token")
        return try SigningCredentials(
            accessKeyID: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: token, expiration: expiration
        ).checked(names)
    }
}
