// SPDX-License-Identifier: Apache-2.0

import AWS
import Vending

/// The ARN of an IAM role or user, which a trust policy may name.
package struct IdentityARN: Hashable, Sendable {
    package let text: String

    /// `nil` unless the text has the form `arn:PARTITION:iam::ACCOUNT:role/NAME` or `…:user/NAME`, optionally with a
    /// path. The ARN of a session (`arn:…:sts::…:assumed-role/…`) is rejected: a session expires, so policies name its
    /// role.
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
