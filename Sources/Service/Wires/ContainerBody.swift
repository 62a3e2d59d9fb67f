private import FoundationEssentials

/// What credential endpoints of containers answer (AWS SDKs and Tools Reference Guide, "Container credential provider"):
/// four strings, or `Code` and `Message`.
enum ContainerBody {
    private struct Container: Encodable {
        let native: CredentialsBody.Credentials

        private enum CodingKeys: String, CodingKey {
            case accessKeyID = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case token = "Token"
            case expiration = "Expiration"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(native.accessKeyId, forKey: .accessKeyID)
            try container.encode(native.secretAccessKey, forKey: .secretAccessKey)
            try container.encode(native.sessionToken, forKey: .token)
            try container.encode(native.expiration, forKey: .expiration)
        }
    }

    /// The same credentials, from the native answer: only that is kept.
    static func encode(_ native: [UInt8]) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(Container(native: CredentialsBody.decode(native))))
        } catch {
            preconditionFailure("four texts that can't be written: \(error)")
        }
    }

    static func encode(_ problem: ErrorCode) -> String {
        #"{"Code":"\#(problem.rawValue)","Message":"\#(problem.title)"}"#
    }
}
