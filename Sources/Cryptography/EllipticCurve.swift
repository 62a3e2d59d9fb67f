// SPDX-License-Identifier: Apache-2.0

/// The curves of JWS's ECDSA, by their JWK name (RFC 7518 §6.2.1.1).
package enum EllipticCurve: String, CaseIterable, Sendable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"

    /// Bytes of one coordinate, and of each half of a signature (RFC 7518 §3.4).
    package var coordinateLength: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// libcrypto's name; a `StaticString`, so that a pointer to it outlives the call that receives it.
    var groupName: StaticString {
        switch self {
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }
}
