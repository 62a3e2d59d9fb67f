import AWS
import Cryptography
import Service
import Tokens
import Vending

/// A configuration file, read and checked.
struct Settings {
    struct AWSAccount {
        let region: Region
        let account: String
    }

    struct Issuer {
        enum Keys {
            /// A path as the file gives it, relative to the file.
            case file(String)
            case url(KeySetURL)
        }

        let issuer: Vending.Issuer
        let audiences: [String]
        let keys: Keys
        let keysLine: Int?
        let algorithms: [SignatureAlgorithm]?
        let leeway: Duration
        let maximumLifetime: Duration
    }

    struct Grant {
        let monitorName: String
        let monitorID: String
        let exchange: Vending.Grant.Exchange
        let role: RoleARN
        let session: Duration
    }

    struct App {
        let name: AppName
        let origins: [String]
        let signedIn: Grant?
        let issuers: [Vending.Issuer]
        let guest: Grant?
    }

    let file: String
    let listen: Listeners.Address
    let admin: Listeners.Address
    let aws: AWSAccount
    let issuers: [Issuer]
    let apps: [App]
    let cache: CacheLimits
    let connections: ConnectionLimits
    let drain: Duration
    let exchangeTimeout: Duration
}
