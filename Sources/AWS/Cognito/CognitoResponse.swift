import FoundationEssentials
import Vending

/// What Cognito answers a call with. Only what is complete becomes one.
protocol CognitoResponse: Sendable {
    /// - Parameters:
    ///   - requestID: AWS's, from the answer's headers.
    ///   - received: AWS's time then, where it is another than this machine's.
    /// - Returns: `nil` for anything but one whole answer to that call.
    init?(_ body: [UInt8], requestID: String?, received: Date?)

    /// Why it is not fit to be used, in fixed words; `nil` if it is.
    func problem(at now: Date) -> String?
}

/// The answer to `GetId`.
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

/// The answer to `GetOpenIdToken`.
struct GetOpenIDTokenResponse: CognitoResponse {
    /// Can be another than the one that was asked about.
    let identity: IdentityID
    /// Good for 10 minutes.
    let token: BearerToken

    init?(_ body: [UInt8], requestID: String?, received: Date?) {
        guard let wire = CognitoJSON.decode(CognitoJSON.OpenIDToken.self, body),
            let identity = IdentityID(wire.IdentityId)
        else {
            return nil
        }
        self.identity = identity
        token = BearerToken(wire.Token)
    }

    func problem(at now: Date) -> String? {
        // AssumeRoleWithWebIdentity `WebIdentityToken`, in the compact form's characters.
        guard (4...20_000).contains(token.rawValue.utf8.count) else { return "Token is not of the expected length" }
        let isPlain = token.rawValue.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.=".utf8.contains($0) }
        return isPlain ? nil : "Token holds unexpected characters"
    }
}

/// The answer to `GetCredentialsForIdentity`.
struct GetCredentialsForIdentityResponse: CognitoResponse {
    /// Can be another than the one that was asked about.
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

/// The JSON of the answers, with AWS's own names.
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
            // What exactly is missing doesn't matter, and the error would quote what is there.
            return nil
        }
    }
}
