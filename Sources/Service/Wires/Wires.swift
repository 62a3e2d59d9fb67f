// SPDX-License-Identifier: Apache-2.0

/// Selects the wire of a resource.
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
