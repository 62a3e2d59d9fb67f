private import FoundationEssentials
package import Vending

/// The native answer: `{"accessKeyId","secretAccessKey","sessionToken","expiration","appMonitor":{…}}`, the names that
/// `cwr('setAwsCredentials', …)` takes.
package enum CredentialsBody {
    package static func encode(_ credentials: TemporaryCredentials, _ monitor: AppMonitor) -> [UInt8] {
        var body = Body()
        body.begin()
        body.add("accessKeyId", credentials.accessKeyID)
        body.add("secretAccessKey", credentials.secretAccessKey)
        body.add("sessionToken", credentials.sessionToken)
        body.add("expiration", credentials.expiration.formatted(.iso8601))
        body.name("appMonitor")
        body.begin()
        body.add("id", monitor.id)
        body.add("name", monitor.name)
        body.add("region", monitor.region)
        body.add("endpoint", monitor.endpoint)
        body.end()
        body.end()
        return body.bytes
    }

    private struct Body {
        var bytes: [UInt8] = []
        private var first = true

        mutating func begin() {
            bytes.append(UInt8(ascii: "{"))
            first = true
        }

        mutating func end() {
            bytes.append(UInt8(ascii: "}"))
            first = false
        }

        mutating func name(_ name: String) {
            if !first { bytes.append(UInt8(ascii: ",")) }
            first = false
            string(name)
            bytes.append(UInt8(ascii: ":"))
        }

        mutating func add(_ name: String, _ value: String) {
            self.name(name)
            string(value)
        }

        private mutating func string(_ value: String) {
            bytes.append(UInt8(ascii: "\""))
            for byte in value.utf8 {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
                case 0..<0x20:
                    bytes.append(contentsOf: "\\u00\(byte < 16 ? "0" : "1")\(String(byte & 15, radix: 16))".utf8)
                default: bytes.append(byte)
                }
            }
            bytes.append(UInt8(ascii: "\""))
        }
    }
}
