import StrictJSON
import Tokens

extension SessionTags {
    /// Name of the claim that brings tags.
    static let claim = "https://aws.amazon.com/tags"

    /// `{"principal_tags": {"KEY": ["VALUE"]}, "transitive_tag_keys": ["KEY"]}`, exactly one value a key (IAM User Guide,
    /// "Pass session tags in AWS STS", "using AssumeRoleWithWebIdentity").
    init(claim json: JSONValue?) throws(STSError) {
        guard let json else {
            self = .none
            return
        }
        guard let claim = json.object, let principal = claim["principal_tags"]?.object,
            Set(claim.members.map(\.name)).isSubset(of: ["principal_tags", "transitive_tag_keys"])
        else { throw Self.malformed("it holds principal_tags, an object, and perhaps transitive_tag_keys") }
        var tags: [SessionTag] = []
        for (key, values) in principal.members {
            guard let values = values.array, values.count == 1, let value = values[0].string else {
                throw Self.malformed("each tag has a list of exactly one text")
            }
            tags.append(SessionTag(key: key, value: value))
        }
        let listed = try claim["transitive_tag_keys"].map { keys throws(STSError) in try Self.texts(keys) } ?? []
        do throws(SessionTagsError) {
            try self.init(tags, transitiveKeys: listed)
        } catch {
            throw Self.malformed(Self.words(error))
        }
    }

    private static func texts(_ json: JSONValue) throws(STSError) -> [String] {
        guard let list = json.array, case let texts = list.compactMap(\.string), texts.count == list.count else {
            throw malformed("transitive_tag_keys is a list of texts")
        }
        return texts
    }

    private static func words(_ problem: SessionTagsError) -> String {
        switch problem {
        case .tooMany: "a session has \(SessionTag.limit) tags at most"
        case .key: "a key has 1 to 128 of the letters that tags may have"
        case .value: "a value has 256 at most of the letters that tags may have"
        case .reserved: "keys beginning with aws: are reserved"
        case .duplicate: "keys are compared without regard to case, each comes once"
        case .transitive: "a transitive key is the key of a tag"
        }
    }

    private static func malformed(_ words: String) -> STSError {
        .invalidIdentityToken("The claim \(claim) is malformed: \(words)")
    }
}
