/// The wires, by what a path names.
struct Wires: Sendable {
    let native: CredentialsWire
    let container: CredentialsWire
    let proxy: SigningProxyWire
    let securityTokens: SecurityTokenWire

    subscript(resource: Target.Resource) -> any Wire {
        switch resource {
        case .credentials, .guestCredentials: native
        case .container, .guestContainer: container
        case .appMonitors: proxy
        case .securityTokens: securityTokens
        }
    }
}
