// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOSSL

/// What every listener's TLS has in common.
enum TLSRules {
    /// How long a connection that closes waits for the client's close_notify alert. Short, because it keeps its place
    /// among the open ones until then. A connection that closes behind a response lingers before.
    private static let shutdownTimeout = TimeAmount.milliseconds(100)

    /// TLS 1.2 and 1.3 with ephemeral keys and authenticated encryption, HTTP/1.1 only. BoringSSL has neither
    /// compression nor renegotiation on the server's side, and NIOSSL leaves early data off.
    /// - Parameter clientAuthorities: issue the certificates that clients must have; `nil` if they need none.
    static func configuration(
        chain: [NIOSSLCertificate], key: NIOSSLPrivateKey, clientAuthorities: [NIOSSLCertificate]?
    ) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.maximumTLSVersion = .tlsv13
        // Of TLS 1.2 (RFC 9325 §4.2). Those of TLS 1.3 are all good, and cannot be chosen.
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        configuration.applicationProtocols = ["http/1.1"]
        configuration.renegotiationSupport = .none
        configuration.shutdownTimeout = shutdownTimeout
        guard let clientAuthorities else { return configuration }
        // A client has no host name to verify; the authority's signature is what counts.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(clientAuthorities)
        configuration.sendCANameList = true
        return configuration
    }
}
