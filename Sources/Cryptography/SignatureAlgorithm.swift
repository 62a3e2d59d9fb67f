// SPDX-License-Identifier: Apache-2.0

/// The asymmetric signature algorithms of JWS (RFC 7518 §3.1, RFC 8037 §3.1). MACs and `none` are deliberately absent.
package enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    enum Scheme {
        case pkcs1
        case pss
        case ecdsa(EllipticCurve)
        case ed25519
    }

    enum Digest: UInt32 {
        case sha256 = 32
        case sha384 = 48
        case sha512 = 64
    }

    var scheme: Scheme {
        switch self {
        case .rs256, .rs384, .rs512: .pkcs1
        case .ps256, .ps384, .ps512: .pss
        case .es256: .ecdsa(.p256)
        case .es384: .ecdsa(.p384)
        case .es512: .ecdsa(.p521)
        case .edDSA: .ed25519
        }
    }

    /// `nil` for EdDSA, which hashes the message itself.
    var digest: Digest? {
        switch self {
        case .rs256, .ps256, .es256: .sha256
        case .rs384, .ps384, .es384: .sha384
        case .rs512, .ps512, .es512: .sha512
        case .edDSA: nil
        }
    }
}
