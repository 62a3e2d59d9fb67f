// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Credentials in JSON, in the forms of a credential process, a container endpoint and EC2 instance metadata.
struct CredentialDocument: Decodable, CustomReflectable, CustomStringConvertible {
    private let Version: Int?
    private let Code: String?
    private let AccessKeyId: String?
    private let SecretAccessKey: String?
    private let SessionToken: String?
    private let Token: String?
    private let Expiration: String?

    /// In bytes, for each form.
    static let sizeLimit = 65_536

    enum Form {
        /// `Version` 1. `SessionToken` and `Expiration` are optional.
        case process
        /// `Token` and `Expiration` are required.
        case container
        /// Like `container`, with the `Code` `Success`.
        case metadata
    }

    /// - Parameter source: the source's name for error details, which never quote the document.
    static func read(
        _ bytes: [UInt8], _ form: Form, from source: String
    ) throws(BrokerCredentialError) -> SigningCredentials {
        let document: CredentialDocument
        do {
            document = try JSONDecoder().decode(CredentialDocument.self, from: Data(bytes))
        } catch {
            throw BrokerCredentialError("\(source): expected JSON with credentials")
        }
        return try document.credentials(form, source)
    }

    var description: String { "[redacted document]" }
    var customMirror: Mirror { Mirror(self, children: [:]) }

    private func credentials(_ form: Form, _ source: String) throws(BrokerCredentialError) -> SigningCredentials {
        if form == .process, Version != 1 { throw BrokerCredentialError("\(source): expected Version 1") }
        if form == .metadata, Code != "Success" { throw BrokerCredentialError("\(source): expected Code Success") }
        let token = form == .process ? SessionToken : Token
        guard let AccessKeyId, let SecretAccessKey, form == .process || (token != nil && Expiration != nil) else {
            let names = "AccessKeyId, SecretAccessKey" + (form == .process ? "" : ", Token, Expiration")
            throw BrokerCredentialError("\(source): expected \(names)")
        }
        let expiration = Expiration.flatMap(AWSDate.parseRFC3339)
        guard expiration != nil || Expiration == nil else {
            throw BrokerCredentialError("\(source): Expiration is not a time")
        }
        let names = (id: "\(source): AccessKeyId", secret: "\(source): SecretAccessKey", token: "\(source): the token")
        return try SigningCredentials(
            accessKeyID: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: token, expiration: expiration
        ).checked(names)
    }
}
