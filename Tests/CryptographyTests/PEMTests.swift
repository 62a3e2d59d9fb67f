// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Testing

/// The keys were made with the `openssl` command.
struct PEMTests {
    private static func key(_ pem: String) throws -> PublicKey {
        let blocks = try PEM.blocks(Array(pem.utf8))
        let block = try #require(blocks.first)
        return try PublicKey(subjectPublicKeyInfo: block.der)
    }

    @Test("reads public keys in PEM, including compressed points")
    func kinds() throws {
        #expect(try Self.key(Self.p256).kind == .ec(.p256))
        #expect(try Self.key(Self.compressed).kind == .ec(.p256))
        #expect(try Self.key(Self.ed25519).kind == .ed25519)
        #expect(try Self.key(Self.rsa2048).kind == .rsa(bits: 2048))
        guard case .ec(_, let x, let y) = try Self.key(Self.p256).material else {
            Issue.record("not an EC key")
            return
        }
        #expect(Hex.encode(x) == "3a08cf48180308c8438632911d22df609dc42c810f0571df46b9d80351660900")
        #expect(Hex.encode(y) == "e4b9b6d4da8907b309ebe249bbc7ef123d2d221056b9df3d053ca89f693339e6")
    }

    @Test("rejects unsupported and weak keys with an error that names them")
    func refused() {
        let cases: [(String, KeyError)] = [
            (Self.x25519, .unsupported("key type X25519")),
            (Self.ed448, .unsupported("key type ED448")),
            (Self.secp256k1, .unsupported("curve secp256k1")),
            (Self.rsaPSS, .unsupported("key type RSA-PSS")),
            (Self.rsa1024, .rsaTooShort(bits: 1024)),
        ]
        for (pem, problem) in cases {
            #expect(throws: problem) { try Self.key(pem) }
        }
    }

    @Test("rejects a key with trailing or missing bytes as malformed")
    func trailingBytes() throws {
        let der = try PEM.blocks(Array(Self.p256.utf8))[0].der
        #expect(throws: KeyError.malformed) { try PublicKey(subjectPublicKeyInfo: der + [0]) }
        #expect(throws: KeyError.malformed) { try PublicKey(subjectPublicKeyInfo: Array(der.dropLast())) }
        #expect(throws: KeyError.malformed) { try PublicKey(subjectPublicKeyInfo: []) }
    }

    @Test("reads several blocks with text around them and CR LF line endings")
    func blocks() throws {
        let text = "issuer's key\n\(Self.p256)\nand another\n\(Self.ed25519)\n".replacing("\n", with: "\r\n")
        let blocks = try PEM.blocks(Array(text.utf8))
        #expect(blocks.map(\.label) == ["PUBLIC KEY", "PUBLIC KEY"])
        #expect(try blocks.map { try PublicKey(subjectPublicKeyInfo: $0.der).kind } == [.ec(.p256), .ed25519])
        #expect(try PEM.blocks(Array("no key here".utf8)).isEmpty)
    }

    @Test("rejects broken PEM with the line of the error")
    func broken() {
        let begin = "-----BEGIN PUBLIC KEY-----\n"
        let end = "-----END PUBLIC KEY-----\n"
        let cases: [(String, PEMError)] = [
            (begin + "AAAA\n", .unbalanced(line: 1)),
            (end, .unbalanced(line: 1)),
            (begin + "AAAA\n" + begin, .unbalanced(line: 3)),
            (begin + "AAAA\n-----END PRIVATE KEY-----\n", .unbalanced(line: 3)),
            ("\n" + begin + "A*AA\n" + end, .notBase64(line: 2)),
            (begin + end, .notBase64(line: 1)),
        ]
        for (text, problem) in cases {
            #expect(throws: problem) { try PEM.blocks(Array(text.utf8)) }
        }
        #expect(throws: PEMError.notText) { try PEM.blocks([0xFF]) }
    }

    private static let p256 = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOgjPSBgDCMhDhjKRHSLfYJ3ELIEP
        BXHfRrnYA1FmCQDkubbU2okHswnr4km7x+8SPS0iEFa53z0FPKifaTM55g==
        -----END PUBLIC KEY-----
        """
    private static let compressed = """
        -----BEGIN PUBLIC KEY-----
        MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgAD6sjTppBEPqG1yp5e4Eg2eZCBGj3R
        NdtOPhd82Fh8gV0=
        -----END PUBLIC KEY-----
        """
    private static let ed25519 = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEA/qx9OH4OoNi7DEODigRFvptTRFzn20C56+/CSETNOHk=
        -----END PUBLIC KEY-----
        """
    private static let rsa2048 = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqDKRL0H5iXv21TgWZJMI
        LRWEsLJNfBxYT4ZZkK+QPjnAoxL0OngTjH2sLYX306m2oQuNBaMIFelUv00dSJc+
        NGdwIsMlmTA9bqqRScwFXIXr30Sbvzl55X0YLW9I+fxCxjAIcbqP6ztC9QLuJeOj
        OkvWP8bTTsdGtpfPDmmOmHo3l8iJO1MCMDUo9N+wmh9q/aMryOuzu5bcjZPi2De9
        /wKsA7f+vf5Bca3dlYZ2iumxaArRA2My+7/nGrn+WRZzE2FNaVa2U5LqjGUgltXn
        LRP48iBl3jZGLPWEqhDa23zjsIVVNZniw/b19maTbOmIEpwS6+FBOZLoVkzXX6uN
        xwIDAQAB
        -----END PUBLIC KEY-----
        """
    private static let x25519 = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VuAyEAzwJRwbQQZUlp06oAJb5Am8QhaLf1obDPUldl3w/syyo=
        -----END PUBLIC KEY-----
        """
    private static let ed448 = """
        -----BEGIN PUBLIC KEY-----
        MEMwBQYDK2VxAzoAdTILfDEmoV3tN1Xdzp0vA0cXWxZxSzlHZMJWXeAdjfthkhFy
        7M4pNy0svs9hEI+8UZYfPUP3cDEA
        -----END PUBLIC KEY-----
        """
    private static let secp256k1 = """
        -----BEGIN PUBLIC KEY-----
        MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEJNFA4YcgJz3yd/Xo9CTcFMz3Framm9Ff
        LALBuC8cisOvb/dW4wqYK6h7sXT13i1jePxe3TnYeEyhC0LqJrReQQ==
        -----END PUBLIC KEY-----
        """
    private static let rsaPSS = """
        -----BEGIN PUBLIC KEY-----
        MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAJ51hTO3an6E19fRuzg7bh9q
        Xql4yZZsfhWQTIYlUl+DRXQgv33gNSHD9e9kmug5xG4LOBejOLoFIDoOR0bELghE
        kZoz4+M8N+RIQhsu7fCMuEaT5gsEPID0rR2Wm7pZvEFlE1nBPmsIUM/BX0nq1UVo
        xSZ6y6yjuHSSN1knYGDi28Xb+zmLJ0my+4Mp4MOKwVyKmECNsez3pvZkLkxqF/rl
        7MvFRbmQprCknCTwRHLtoC/ZFUazbEORS1wWMWfX5lYs3yt26fgZIN4MB6UEmO3G
        JKs1cp3JoHBCwBIHv4se/Q2vDNTfZKQO2l1uqoLF2WY+A/XY9DZRiXMjUW+Cup0C
        AwEAAQ==
        -----END PUBLIC KEY-----
        """
    private static let rsa1024 = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCfmG2qBdzfyJa24ML0+LVrsUuz
        +ry+k6qQ89+iYt4CUgR4qBp6/6FiBCf0zOr9NCtbs1n39HLQMiG8nG4RfIj23ZjW
        ZZD2pj10zZxW8rXN+106nI7SiOXgxtL0YCpAl3LiaInvgfbCMj0pJckAURhqI3yy
        J5PcxxSF8c8OJ2YQzQIDAQAB
        -----END PUBLIC KEY-----
        """
}
