// SPDX-License-Identifier: Apache-2.0

/// The contents of the files that a listener's TLS is configured with. Its description is redacted.
package struct TLSMaterial: Hashable, Sendable {
    /// PEM: the listener's certificate, then the certificates of its chain.
    package let certificate: [UInt8]
    /// PEM: the private key of the certificate.
    package let key: [UInt8]
    /// PEM: the certificates of the authorities that issue client certificates; `nil` if clients need none.
    package let clientCA: [UInt8]?

    package init(certificate: [UInt8], key: [UInt8], clientCA: [UInt8]? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientCA = clientCA
    }

    /// Which file of the three.
    package enum Part: String, CaseIterable, Sendable {
        case certificate
        case key
        case clientCA = "client-ca"
    }
}

extension TLSMaterial: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "TLSMaterial(redacted)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a listener cannot use some files for TLS. Never contains a part of them.
package struct TLSMaterialError: Error, Hashable, CustomStringConvertible {
    /// The file in which the mistake is.
    package let part: TLSMaterial.Part
    /// What was found and what was expected.
    package let reason: String

    package var description: String { reason }

    package init(_ part: TLSMaterial.Part, _ reason: String) {
        self.part = part
        self.reason = reason
    }
}
