// SPDX-License-Identifier: Apache-2.0

/// The tags of one session, with case-insensitively unique keys, and the keys that are transitive in role chaining.
struct SessionTags: Sendable, Hashable {
    static let none = SessionTags()

    let tags: [SessionTag]
    let transitiveKeys: [String]

    init(_ tags: [SessionTag], transitiveKeys: [String]) throws(SessionTagsError) {
        guard tags.count <= SessionTag.limit, transitiveKeys.count <= SessionTag.limit else { throw .tooMany }
        var keys: Set<String> = []
        for tag in tags {
            guard SessionTag.keyLength.contains(tag.key.unicodeScalars.count), SessionTag.isLegal(tag.key) else {
                throw .key
            }
            guard SessionTag.valueLength.contains(tag.value.unicodeScalars.count), SessionTag.isLegal(tag.value) else {
                throw .value
            }
            guard !tag.key.lowercased().hasPrefix("aws:") else { throw .reserved }
            guard keys.insert(tag.key.lowercased()).inserted else { throw .duplicate }
        }
        guard keys.isSuperset(of: transitiveKeys.map { $0.lowercased() }) else { throw .transitive }
        self.tags = tags
        self.transitiveKeys = transitiveKeys
    }

    private init() {
        tags = []
        transitiveKeys = []
    }

    /// Bytes.
    var size: Int { tags.map(\.size).reduce(0, +) }

    /// Values of the condition keys `aws:RequestTag/KEY`, by lower-case key.
    var context: [String: String] {
        Dictionary(tags.map { ("aws:requesttag/\($0.key.lowercased())", $0.value) }) { first, _ in first }
    }
}

enum SessionTagsError: Error {
    case tooMany
    case key
    case value
    case reserved
    case duplicate
    case transitive
}
