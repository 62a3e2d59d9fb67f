import AWS
import Vending

/// The ARN of a role or user in IAM, which a trust policy may name.
package struct IdentityARN: Hashable, Sendable {
    package let text: String

    /// `nil` unless it reads `arn:PARTITION:iam::ACCOUNT:role/NAME` or `…:user/NAME`, paths included. A session
    /// (`arn:…:sts::…:assumed-role/…`) is not one: it ends, and its role is what to name.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, text.utf8.count <= 2_048, parts[0] == "arn",
            Partition(rawValue: String(parts[1])) != nil, parts[2] == "iam", parts[3].isEmpty,
            parts[4].utf8.count == 12, parts[4].utf8.allSatisfy(\.isASCIIDigit)
        else { return nil }
        let resource = parts[5].split(separator: "/", omittingEmptySubsequences: false)
        guard resource.count >= 2, ["role", "user"].contains(resource[0]),
            resource.dropFirst().allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isSessionNameCharacter) })
        else { return nil }
        self.text = text
    }
}
