// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Vending

/// A complete response of Cognito to a call.
protocol CognitoResponse: Sendable {
    /// - Parameters:
    ///   - requestID: AWS's, from the response's headers.
    ///   - received: AWS's time of the response, if it differs from this machine's.
    /// - Returns: `nil` unless the body is one complete response to the call.
    init?(_ body: [UInt8], requestID: String?, received: Date?)

    /// Why the response must not be used, as fixed text; `nil` if it may.
    func problem(at now: Date) -> String?
}

/// The response to `GetId`.
struct GetIDResponse: CognitoResponse {
    let identity: IdentityID

    init?(_ body: [UInt8], requestID: String?, received: Date?) {
        guard let wire = CognitoJSON.decode(CognitoJSON.Identity.self, body), let identity = IdentityID(wire.IdentityId)
        else {
            return nil
        }
        self.identity = identity
    }

    func problem(at now: Date) -> String? { nil }
}

/// The response to `GetOpenIdToken`.
struct GetOpenIDTokenResponse: CognitoResponse {
    /// Can differ from the identity in the request.
    let identity: IdentityID
    /// Valid for 10 minutes.
    let token: WebIdentityToken

    init?(_ body: [UInt8], requestID: String?, received: Date?) {
        guard let wire = CognitoJSON.decode(CognitoJSON.OpenIDToken.self, body),
            let identity = IdentityID(wire.IdentityId)
        else {
            return nil
        }
        self.identity = identity
        token = WebIdentityToken(wire.Token)
    }

    func problem(at now: Date) -> String? {
        // AssumeRoleWithWebIdentity `WebIdentityToken`, in the compact form's characters.
        guard (4...20_000).contains(token.rawValue.utf8.count) else { return "Token is not of the expected length" }
        let isPlain = token.rawValue.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.=".utf8.contains($0) }
        return isPlain ? nil : "Token holds unexpected characters"
    }
}

/// The response to `GetCredentialsForIdentity`.
struct GetCredentialsForIdentityResponse: CognitoResponse {
    /// Can differ from the identity in the request.
    let identity: IdentityID
    let credentials: TemporaryCredentials

    init?(_ body: [UInt8], requestID: String?, received: Date?) {
        guard let wire = CognitoJSON.decode(CognitoJSON.Credentials.self, body),
            let identity = IdentityID(wire.IdentityId)
        else {
            return nil
        }
        self.identity = identity
        credentials = TemporaryCredentials(
            accessKeyID: wire.Credentials.AccessKeyId, secretAccessKey: wire.Credentials.SecretKey,
            sessionToken: wire.Credentials.SessionToken,
            expiration: Date(timeIntervalSince1970: wire.Credentials.Expiration), received: received,
            requestID: requestID)
    }

    func problem(at now: Date) -> String? { credentials.problem(at: now) }
}

/// The JSON of the responses, with AWS's own names.
private enum CognitoJSON {
    struct Identity: Decodable {
        let IdentityId: String
    }
    struct OpenIDToken: Decodable {
        let IdentityId: String
        let Token: String
    }
    struct Credentials: Decodable {
        struct Keys: Decodable {
            let AccessKeyId: String
            let SecretKey: String
            let SessionToken: String
            /// Seconds since 1970.
            let Expiration: Double
        }
        let IdentityId: String
        let Credentials: Keys
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ body: [UInt8]) -> Value? {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            // The error is dropped, because it can quote the response.
            return nil
        }
    }
}
