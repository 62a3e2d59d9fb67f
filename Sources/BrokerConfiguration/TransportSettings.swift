// SPDX-License-Identifier: Apache-2.0

/// How connections to a listener are made, apart from its address.
package struct TransportSettings: Sendable {
    /// `nil` for plain HTTP.
    package var tls: TLSSettings?
    /// Permission bits of a unix socket; `nil` for the default.
    package var socketMode: UInt32?
}
