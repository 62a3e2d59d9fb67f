// SPDX-License-Identifier: Apache-2.0

/// Selects the wire of a resource. Wires are stored as existentials, so that a look-up allocates nothing.
struct Wires: Sendable {
    let native: any Wire
    let container: any Wire
    let proxy: any Wire
    let securityTokens: any Wire

    subscript(resource: Target.Resource) -> any Wire {
        switch resource {
        case .credentials, .guestCredentials: native
        case .container, .guestContainer: container
        case .appMonitors: proxy
        case .securityTokens: securityTokens
        }
    }
}
