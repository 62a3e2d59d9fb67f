// SPDX-License-Identifier: Apache-2.0

/// `Credential` of a signature: the access key id, and the scope of the derived signing key.
struct CredentialScope: Sendable {
    let accessKeyID: String
    /// `yyyyMMdd`.
    let day: String
    let region: String
    let service: String

    /// - Parameter text: `AKID/20260102/us-west-2/rum/aws4_request`.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[4] == "aws4_request", parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        accessKeyID = parts[0]
        day = parts[1]
        region = parts[2]
        service = parts[3]
    }

    var text: String { "\(day)/\(region)/\(service)/aws4_request" }
}
