// SPDX-License-Identifier: Apache-2.0

private import Cryptography
import StrictJSON

/// Reads one JSON Web Key (RFC 7517 §4).
enum JWK {
    static func read(_ value: JSONValue) throws(JWKError) -> VerificationKey {
        guard let object = value.object else { throw .notObject }
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] where object[name] != nil {
            throw .privateMember(name)
        }
        let keyID = try optionalString("kid", of: object)
        try checkUse(of: object)
        let publicKey = try publicKey(of: object)
        let key = VerificationKey(keyID: keyID, algorithm: try algorithm(of: object), publicKey: publicKey)
        if let algorithm = key.algorithm, !publicKey.fits(algorithm) { throw .algorithmUnfit(algorithm) }
        return key
    }

    private static func checkUse(of object: JSONObject) throws(JWKError) {
        if let use = try optionalString("use", of: object), !use.isExactly("sig") { throw .use(use) }
        guard let operations = object["key_ops"] else { return }
        guard let names = operations.array else { throw .member("key_ops") }
        var verifies = false
        for name in names {
            guard let name = name.string else { throw .member("key_ops") }
            verifies = verifies || name.isExactly("verify")
        }
        guard verifies else { throw .keyOperations }
    }

    private static func algorithm(of object: JSONObject) throws(JWKError) -> SignatureAlgorithm? {
        guard let name = try optionalString("alg", of: object) else { return nil }
        guard let algorithm = SignatureAlgorithm(exactly: name) else { throw .algorithm(name) }
        return algorithm
    }

    private static func publicKey(of object: JSONObject) throws(JWKError) -> PublicKey {
        let material = try material(of: object)
        do throws(KeyError) {
            return try PublicKey(material)
        } catch {
            throw .key(error)
        }
    }

    private static func material(of object: JSONObject) throws(JWKError) -> KeyMaterial {
        guard let type = object["kty"]?.string else { throw .member("kty") }
        if type.isExactly("RSA") {
            return .rsa(modulus: try bytes("n", of: object), exponent: try bytes("e", of: object))
        }
        guard type.isExactly("EC") || type.isExactly("OKP") else { throw .keyType(type) }
        guard let name = object["crv"]?.string else { throw .member("crv") }
        if type.isExactly("EC"), let curve = EllipticCurve.allCases.first(where: { name.isExactly($0.rawValue) }) {
            return .ec(curve, x: try bytes("x", of: object), y: try bytes("y", of: object))
        }
        if type.isExactly("OKP"), name.isExactly("Ed25519") {
            return .ed25519(try bytes("x", of: object))
        }
        throw .curve(name)
    }

    private static func bytes(_ name: String, of object: JSONObject) throws(JWKError) -> [UInt8] {
        guard let text = object[name]?.string, let bytes = Base64URL.decode(text), !bytes.isEmpty else {
            throw .member(name)
        }
        return bytes
    }

    private static func optionalString(_ name: String, of object: JSONObject) throws(JWKError) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw .member(name) }
        return text
    }
}

extension SignatureAlgorithm {
    /// Compares the exact bytes of the name: it is case-sensitive (RFC 7515 §4.1.1).
    init?(exactly name: String) {
        guard let algorithm = Self(rawValue: name), name.isExactly(algorithm.rawValue) else { return nil }
        self = algorithm
    }
}
