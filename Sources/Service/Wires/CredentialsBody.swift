private import FoundationEssentials
import StrictJSON
package import Vending

/// The native answer: `{"accessKeyId","secretAccessKey","sessionToken","expiration","appMonitor":{…}}`, the names that
/// `cwr('setAwsCredentials', …)` takes.
package enum CredentialsBody {
    struct Credentials: Decodable {
        let accessKeyId: String
        let secretAccessKey: String
        let sessionToken: String
        /// RFC 3339 in UTC.
        let expiration: String
    }

    package static func encode(_ credentials: TemporaryCredentials, _ monitor: AppMonitor) -> [UInt8] {
        let members = JSONText.object([
            ("accessKeyId", credentials.accessKeyID), ("secretAccessKey", credentials.secretAccessKey),
            ("sessionToken", credentials.sessionToken), ("expiration", credentials.expiration.formatted(.iso8601)),
        ])
        let place = JSONText.object([
            ("id", monitor.id), ("name", monitor.name), ("region", monitor.region), ("endpoint", monitor.endpoint),
        ])
        return Array("\(members.dropLast()),\"appMonitor\":\(place)}".utf8)
    }

    /// The credentials that were encoded.
    package static func decode(_ vended: VendedCredentials) -> TemporaryCredentials {
        let keys = decode(vended.answer)
        return TemporaryCredentials(
            accessKeyID: keys.accessKeyId, secretAccessKey: keys.secretAccessKey, sessionToken: keys.sessionToken,
            expiration: vended.expiration, received: vended.received)
    }

    /// What `encode` wrote, for other forms: only its text is kept.
    static func decode(_ answer: [UInt8]) -> Credentials {
        do {
            return try JSONDecoder().decode(Credentials.self, from: Data(answer))
        } catch {
            preconditionFailure("an answer of ours that is not ours: \(error)")
        }
    }
}
