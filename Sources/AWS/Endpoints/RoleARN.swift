// SPDX-License-Identifier: Apache-2.0

import Vending

/// The ARN of an IAM role: `arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME` (AssumeRole `RoleArn`).
package struct RoleARN: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package let partition: Partition
    /// 12 digits.
    package let account: String
    /// `/`, or between slashes.
    package let path: String
    /// Without the path.
    package let name: String

    package init(_ text: String) throws(RoleARNError) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", text.utf8.count <= 2_048 else {
            throw RoleARNError(expected: "arn:PARTITION:iam::ACCOUNT:role/NAME, 20 to 2,048 characters")
        }
        guard let partition = Partition(rawValue: String(parts[1])) else {
            let known = Partition.allCases.map(\.rawValue).joined(separator: ", ")
            throw RoleARNError(expected: "one of \(known) as the partition")
        }
        guard parts[2] == "iam", parts[3].isEmpty else {
            throw RoleARNError(expected: "a role of IAM, which has no Region: arn:\(partition.rawValue):iam::…")
        }
        guard parts[4].utf8.count == 12, parts[4].utf8.allSatisfy(\.isASCIIDigit) else {
            throw RoleARNError(expected: "an account of 12 digits")
        }
        let resource = parts[5].split(separator: "/", omittingEmptySubsequences: false)
        guard resource.count >= 2, resource[0] == "role", let name = resource.last else {
            throw RoleARNError(expected: "role/NAME or role/PATH/NAME after the account")
        }
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ $0.isSessionNameCharacter }) else {
            throw RoleARNError(expected: "a role name of 1 to 64 letters, digits and _+=,.@-")
        }
        let path = resource.dropFirst().dropLast()
        guard path.joined(separator: "/").utf8.count <= 510,
            path.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
        else {
            throw RoleARNError(expected: "a path of visible ASCII characters without empty parts, at most 512 long")
        }
        self.text = text
        self.partition = partition
        account = String(parts[4])
        self.path = path.isEmpty ? "/" : "/\(path.joined(separator: "/"))/"
        self.name = String(name)
    }

    package var description: String { text }
}

/// Why a text is not a role's ARN: what Purser expects instead, as text that follows "expected".
package struct RoleARNError: Error, Hashable, Sendable {
    package let expected: String
}

extension UInt8 {
    /// `[\w+=,.@-]` in ASCII: the characters of role names, session names and source identities.
    package var isSessionNameCharacter: Bool { isASCIIAlphanumeric || "_+=,.@-".utf8.contains(self) }
}
