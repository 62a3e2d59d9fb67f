// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Tokens

extension SessionTags {
    /// Name of the claim with session tags.
    static let claim = "https://aws.amazon.com/tags"

    /// - Parameter json: `{"principal_tags": {"KEY": ["VALUE"]}, "transitive_tag_keys": ["KEY"]}`, with exactly one
    ///   value for each key (IAM User Guide, "Pass session tags in AWS STS", "using AssumeRoleWithWebIdentity").
    init(claim json: JSONValue?) throws(STSError) {
        guard let json else {
            self = .none
            return
        }
        guard let claim = json.object, let principal = claim["principal_tags"]?.object,
            Set(claim.members.map(\.name)).isSubset(of: ["principal_tags", "transitive_tag_keys"])
        else { throw Self.malformed("it must hold the object principal_tags and may hold transitive_tag_keys") }
        var tags: [SessionTag] = []
        for (key, values) in principal.members {
            guard let values = values.array, values.count == 1, let value = values[0].string else {
                throw Self.malformed("each tag must have a list of exactly one string")
            }
            tags.append(SessionTag(key: key, value: value))
        }
        let listed = try claim["transitive_tag_keys"].map { keys throws(STSError) in try Self.strings(keys) } ?? []
        do throws(SessionTagsError) {
            try self.init(tags, transitiveKeys: listed)
        } catch {
            throw Self.malformed(Self.detail(error))
        }
    }

    private static func strings(_ json: JSONValue) throws(STSError) -> [String] {
        guard let list = json.array, case let strings = list.compactMap(\.string), strings.count == list.count else {
            throw malformed("transitive_tag_keys must be a list of strings")
        }
        return strings
    }

    private static func detail(_ error: SessionTagsError) -> String {
        switch error {
        case .tooMany: "a session has at most \(SessionTag.limit) tags"
        case .key: "a key has 1 to 128 of the characters allowed in tags"
        case .value: "a value has at most 256 of the characters allowed in tags"
        case .reserved: "keys beginning with aws: are reserved"
        case .duplicate: "keys are case-insensitive and must be unique"
        case .transitive: "a transitive key must be the key of a tag"
        }
    }

    private static func malformed(_ detail: String) -> STSError {
        .invalidIdentityToken("The claim \(claim) is malformed: \(detail)")
    }
}
