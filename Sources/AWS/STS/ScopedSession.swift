// SPDX-License-Identifier: Apache-2.0

import Vending

/// The parameters of GetScopedCredentials, which is signed with the credentials of the session that is scoped down.
struct ScopedSession: Sendable {
    static let action = "GetScopedCredentials"

    /// At most 2,048 characters. The result is the intersection with the policies of the session.
    var policy: String
    /// Seconds, 1–129,600, and at most what is left of the session.
    var durationSeconds: Int
    /// 2–256 characters for CloudTrail.
    var description: String

    /// In the order of AWS's service model.
    var parameters: [(String, String)] {
        [
            ("Policy", policy), ("DurationSeconds", String(durationSeconds)),
            ("ScopedSessionDescription", description),
        ]
    }

    /// The error codes that are about the session, so that another one may be accepted. AccessDenied is one of them
    /// because a deny policy can revoke the sessions that were issued before a time.
    static let sessionErrors: Set<String> = [
        "AccessDenied", "ExpiredToken", "ExpiredTokenException", "InsufficientSessionLifetime", "InvalidClientTokenId",
        "InvalidSubjectCredentials", "UnrecognizedClientException",
    ]

    /// A fixed text on the cause of an error.
    static func hint(_ code: String) -> String? {
        switch code {
        case "AccessDenied":
            "hand-out needs the permission \(SessionPolicy.scopingAction) in the policy of the role (`purser policy` "
                + "prints it), and no policy may deny it"
        case "InsufficientSessionLifetime": "the session that Purser keeps ends earlier"
        case "InvalidAction": "the STS endpoint does not know this action: AWS's global endpoint does not have it"
        case "PackedPolicyTooLarge": "the session's tags and policies leave too little room in its token"
        case "RegionDisabledException": "STS is not activated in this Region"
        default: nil
        }
    }
}
