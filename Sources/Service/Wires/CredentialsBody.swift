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
}
