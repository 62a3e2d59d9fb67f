// SPDX-License-Identifier: Apache-2.0

/// The space that session policies and tags take in a session. Unlike AWS, this STS does not compress them.
enum PackedSize {
    /// Bytes of policies and tags together, at most.
    private static let limit = 2_048

    /// - Returns: percent of the limit; `nil` if there is neither policy nor tag.
    static func percent(ofPolicies bytes: Int, _ tags: SessionTags) throws(STSError) -> Int? {
        let size = bytes + tags.size
        guard size > 0 else { return nil }
        let percent = (size * 100 + limit - 1) / limit
        if percent > 100 { throw .packedPolicyTooLarge(percent: percent) }
        return percent
    }
}
