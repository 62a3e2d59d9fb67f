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
            case file(KeyFile)
            case remote(KeyPlace)
        }

        let issuer: Vending.Issuer
        let audiences: [String]
        let keys: Keys
        let algorithms: [SignatureAlgorithm]?
        let leeway: Duration
        let maximumLifetime: Duration
        let requirements: [ClaimRequirement]
        /// Of keys that are fetched.
        let maximumStaleness: Duration
        /// Between two fetches that tokens with unknown keys cause.
        let refetchCoolDown: Duration
    }

    struct Grant {
        let monitorName: String
        let monitorID: String
        let exchange: Vending.Grant.Exchange
        /// `nil` where an identity pool chooses it.
        let role: RoleARN?
        let session: Duration
        let attribution: Attribution
        let guestSessions: Vending.Grant.GuestSessions
    }

    /// Purser as an issuer.
    struct Minting {
        let issuer: Vending.Issuer
        /// The first one signs; all are published.
        let keys: [SigningKeyFile]
    }

    struct Audit {
        enum Sink: Equatable {
            case standardError
            case file(String)
            case off
        }

        var sink = Sink.standardError
        /// Whether credentials that could not be recorded are held back.
        var isRequired = false
    }

    struct App {
        let name: AppName
        let origins: [String]
        let signedIn: Grant?
        let issuers: [Vending.Issuer]
        /// Of signed-in users.
        let requirements: [ClaimRequirement]
        /// Of the batches of signed-in users.
        let userDetails: UserDetailsRule
        let guest: Grant?
    }

    let listen: Listeners.Address
    let admin: Listeners.Address
    /// Names by which the listeners may be spoken to; see `AllowedHosts`.
    let hosts: [String]
    let aws: AWSAccount
    let issuers: [Issuer]
    let apps: [App]
    let cache: CacheLimits
    var connections: ConnectionLimits
    let drain: Duration
    let exchangeTimeout: Duration
    /// Calls of STS a second at most.
    let stsRate: Int
    /// Calls of the data plane a second at most.
    let rumRate: Int
    /// Of a batch at most.
    let batchBytes: Int
    let endpoints: Endpoints
    let minting: Minting?
    /// `nil` where there is none, and each start makes one of its own.
    let pseudonymKey: PseudonymKey?
    /// `nil` where nobody is ever denied.
    let denied: DeniedFile?
    let audit: Audit

    var grants: [Grant] { apps.flatMap { [$0.signedIn, $0.guest].compactMap { $0 } } }

    /// The name of the setting that gives a listener its address.
    func setting(of address: Listeners.Address) -> String { address == listen ? "listen" : "admin" }

    /// Lowers `limits.connections` to what the process may have files for; tells so where it had to.
    mutating func fit(files: Int) -> String? {
        let (wanted, most) = (connections.connections, FileDescriptors.connections(under: files))
        guard wanted > most else { return nil }
        connections.connections = most
        return "limits.connections lowered from \(wanted) to \(most), since the process may have \(files) files; "
            + "raise that (ulimit -n) or lower the setting"
    }
}
