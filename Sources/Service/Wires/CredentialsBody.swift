private import FoundationEssentials
package import Vending

/// The native answer: `{"accessKeyId","secretAccessKey","sessionToken","expiration","appMonitor":{…}}`, the names that
/// `cwr('setAwsCredentials', …)` takes.
package enum CredentialsBody {
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

    private struct Keys: Decodable {
        let accessKeyId: String
        let secretAccessKey: String
        let sessionToken: String
    }

    /// The credentials that were encoded.
    package static func decode(_ vended: Vended) -> TemporaryCredentials {
        do {
            let keys = try JSONDecoder().decode(Keys.self, from: Data(vended.answer))
            return TemporaryCredentials(
                accessKeyID: keys.accessKeyId, secretAccessKey: keys.secretAccessKey, sessionToken: keys.sessionToken,
                expiration: vended.expiration, received: vended.received)
        } catch {
            preconditionFailure("an answer of ours that is not ours: \(error)")
        }
    }
}
