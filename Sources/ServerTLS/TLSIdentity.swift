// SPDX-License-Identifier: Apache-2.0

private import Cryptography
package import Foundation
private import NIOCore
import NIOSSL

/// A certificate with its chain and key, checked, and ready for handshakes.
package struct TLSIdentity: Sendable {
    /// When the certificate expires, by its own statement. The chain's certificates are not considered: clients choose
    /// their own path.
    package let expires: Date
    /// The certificate's DER, by which operators recognise it.
    package let leaf: [UInt8]
    let context: NIOSSLContext

    /// Certificates of a chain, and of authorities.
    private static let limit = 100

    /// Parses and checks the files. Takes milliseconds, so it must not run on an event loop.
    /// - Parameter now: a certificate that has expired by then is rejected.
    package init(_ material: TLSMaterial, now: Date) throws(TLSMaterialError) {
        let chain = try Self.certificates(material.certificate, .certificate)
        expires = Date(timeIntervalSince1970: Double(chain[0].notValidAfter))
        guard expires > now else {
            throw TLSMaterialError(
                .certificate,
                "found a certificate that expired at \(Self.text(expires)); expected one that is valid")
        }
        do {
            leaf = try chain[0].toDERBytes()
            try Self.checkKind(of: chain[0])
        } catch let error as TLSMaterialError {
            throw error
        } catch {
            throw TLSMaterialError(.certificate, "found a malformed certificate; expected \(Self.expectedCertificate)")
        }
        let key = try Self.key(material.key)
        let authorities = try material.clientCA.map { content throws(TLSMaterialError) in
            try Self.certificates(content, .clientCA)
        }
        do {
            context = try NIOSSLContext(
                configuration: TLSRules.configuration(chain: chain, key: key, clientAuthorities: authorities))
        } catch {
            // Every other input of the context is fixed or was parsed above.
            throw TLSMaterialError(
                .key, "found a key that does not match the certificate; expected the certificate's own key")
        }
    }

    package static let expectedCertificate =
        "a PEM file with the certificate first and its chain behind it, RSA of 2048 bits or more, P-256, P-384 or P-521"
    package static let expectedKey = "a PEM file with one private key without a passphrase"

    private static func certificates(
        _ content: [UInt8], _ part: TLSMaterial.Part
    ) throws(TLSMaterialError) -> [NIOSSLCertificate] {
        let expected =
            part == .certificate ? expectedCertificate : "a PEM file with the certificates of the authorities"
        let found: [NIOSSLCertificate]
        do {
            found = try NIOSSLCertificate.fromPEMBytes(content)
        } catch {
            throw TLSMaterialError(part, "found no certificate, or a malformed one; expected \(expected)")
        }
        guard (1...limit).contains(found.count) else {
            throw TLSMaterialError(part, "found \(found.count) certificates; expected \(expected)")
        }
        return found
    }

    private static func key(_ content: [UInt8]) throws(TLSMaterialError) -> NIOSSLPrivateKey {
        let text = String(decoding: content, as: UTF8.self)
        guard !text.contains("ENCRYPTED") else {
            throw TLSMaterialError(.key, "found an encrypted key; expected \(expectedKey)")
        }
        // One label at the begin of the block and one at its end. Other blocks, such as curve parameters, are skipped.
        guard text.components(separatedBy: "PRIVATE KEY-----").count <= 3 else {
            throw TLSMaterialError(.key, "found several keys; expected \(expectedKey)")
        }
        do {
            return try NIOSSLPrivateKey(bytes: content, format: .pem)
        } catch {
            throw TLSMaterialError(.key, "found no key, or a malformed one; expected \(expectedKey)")
        }
    }

    /// The rules for keys are those of the tokens' keys, without Ed25519, which browsers do not accept in certificates.
    private static func checkKind(of certificate: NIOSSLCertificate) throws {
        let kind: PublicKey.Kind
        do {
            kind = try PublicKey(subjectPublicKeyInfo: try certificate.extractPublicKey().toSPKIBytes()).kind
        } catch let error as KeyError {
            throw TLSMaterialError(.certificate, "found a key whose \(error); expected \(expectedCertificate)")
        }
        guard kind != .ed25519 else {
            throw TLSMaterialError(.certificate, "found an Ed25519 key; expected \(expectedCertificate)")
        }
    }

    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}
