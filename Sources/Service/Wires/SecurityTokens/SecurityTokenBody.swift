// SPDX-License-Identifier: Apache-2.0

import Vending

/// Response bodies of STS (AssumeRoleWithWebIdentity, "Response Elements"). `Audience` and `PackedPolicySize` are
/// missing, because Purser does not know them.
enum SecurityTokenBody {
    static func encode(_ vend: VendResult, requestID: String) -> String {
        let credentials = vend.vended.encoded
        func field(_ name: String, _ value: ArraySlice<UInt8>) -> String {
            text(name, String(decoding: value, as: UTF8.self))
        }
        var result = [
            element("Credentials") {
                field("AccessKeyId", credentials.accessKeyID) + field("SecretAccessKey", credentials.secretAccessKey)
                    + field("SessionToken", credentials.sessionToken) + field("Expiration", credentials.expiration)
            }
        ]
        if let identity = vend.request.identity {
            result.append(text("SubjectFromWebIdentityToken", identity.subject.rawValue))
            result.append(text("Provider", identity.issuer.rawValue))
        }
        if let id = credentials.assumedRoleID,
            let arn = assumedRoleARN(vend.request.grant.exchange.roleARN, id)
        {
            result.append(element("AssumedRoleUser") { text("AssumedRoleId", id) + text("Arn", arn) })
        }
        return document("\(SecurityTokenRequest.action)Response") {
            element("\(SecurityTokenRequest.action)Result") { result.joined() }
                + element("ResponseMetadata") { text("RequestId", requestID) }
        }
    }

    static func encode(_ error: SecurityTokenError, requestID: String) -> String {
        document("ErrorResponse") {
            element("Error") {
                text("Type", error.code.type) + text("Code", error.code.rawValue) + text("Message", error.message)
            } + text("RequestId", requestID)
        }
    }

    /// The ARN of an assumed role has the role's name without its path (IAM, "IAM ARNs").
    /// - Parameter id: `ROLEID:SESSIONNAME`.
    private static func assumedRoleARN(_ roleARN: String?, _ id: String) -> String? {
        guard let roleARN, let name = roleARN.split(separator: "/").last, let session = id.split(separator: ":").last
        else { return nil }
        let parts = roleARN.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6 else { return nil }
        return "arn:\(parts[1]):sts::\(parts[4]):assumed-role/\(name)/\(session)"
    }

    private static func document(_ name: String, _ content: () -> String) -> String {
        #"<\#(name) xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\#(content())</\#(name)>"#
    }

    private static func element(_ name: String, _ content: () -> String) -> String {
        "<\(name)>\(content())</\(name)>"
    }

    private static func text(_ name: String, _ text: String) -> String {
        element(name) {
            text.unicodeScalars.reduce(into: "") { output, scalar in
                switch scalar {
                case "&": output += "&amp;"
                case "<": output += "&lt;"
                case ">": output += "&gt;"
                case "\t", "\n", "\r": output += "&#\(scalar.value);"
                // XML 1.0 can't represent the other control characters (§2.2).
                case "\0"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": output += "\u{FFFD}"
                default: output.unicodeScalars.append(scalar)
                }
            }
        }
    }
}
