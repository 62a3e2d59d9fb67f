// SPDX-License-Identifier: Apache-2.0

private import Cryptography
private import Foundation
private import Tokens
private import Vending

/// Properties of the documents that providers publish and operators pin.
enum KeyProperties {
    static func check(jwks input: [UInt8]) throws(PropertyViolation) -> Bool {
        guard let keys = try? KeySet(jwks: input) else { return false }
        try PropertyViolation.require(input.count <= KeySet.documentLimit, "a document over the limit is accepted")
        guard let object = try? JSONSerialization.jsonObject(with: Data(input)) as? [String: Any],
            let entries = object["keys"] as? [Any]
        else { throw PropertyViolation("a document is accepted that is not a key set for Foundation") }
        try PropertyViolation.require(keys.keys.count + keys.skipped.count == entries.count, "keys are lost")
        let names = keys.keys.compactMap(\.keyID).map { Array($0.utf8) }
        try PropertyViolation.require(Set(names).count == names.count, "two keys with one kid are accepted")
        for entry in entries.compactMap({ $0 as? [String: Any] }) {
            guard ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].contains(where: { entry[$0] != nil }) else { continue }
            let kid = entry["kid"] as? String
            let named = keys.keys.filter { $0.keyID == kid }
            let others = entries.compactMap { $0 as? [String: Any] }.count { $0["kid"] as? String == kid }
            try PropertyViolation.require(named.count < others, "a key with private members is accepted")
        }
        try check(keys)
        return true
    }

    static func check(pem input: [UInt8]) throws(PropertyViolation) -> Bool {
        guard let keys = try? KeySet(pem: input) else { return false }
        let text = String(decoding: input, as: UTF8.self)
        try PropertyViolation.require(
            text.contains("-----BEGIN PUBLIC KEY-----"), "a key is accepted without a PUBLIC KEY block")
        try PropertyViolation.require(keys.keys.allSatisfy { $0.keyID == nil }, "a key from PEM has a kid")
        try check(keys)
        return true
    }

    static func check(discovery input: [UInt8]) throws(PropertyViolation) -> Bool {
        let issuer = Issuer("https://login.example.com/")
        guard let document = try? DiscoveryDocument(input, of: issuer) else { return false }
        guard let members = try? JSONSerialization.jsonObject(with: Data(input)) as? [String: Any] else {
            throw PropertyViolation("a document is accepted that is not an object for Foundation")
        }
        try PropertyViolation.require(
            (members["issuer"] as? String).map { Array($0.utf8) } == Array(issuer.rawValue.utf8),
            "another issuer is accepted")
        let address = document.keySetURL.rawValue
        try PropertyViolation.require(members["jwks_uri"] as? String == address, "another address is accepted")
        try PropertyViolation.require(
            address.lowercased().hasPrefix("https://"), "an address without https is accepted: \(address)")
        let authority = address.dropFirst("https://".count).prefix { !"/?#".contains($0) }
        try PropertyViolation.require(!authority.contains("@"), "a user name is accepted in \(address)")
        return true
    }

    private static func check(_ keys: KeySet) throws(PropertyViolation) {
        try PropertyViolation.require(
            (1...KeySet.keyLimit).contains(keys.keys.count), "\(keys.keys.count) keys are accepted")
        for key in keys.keys {
            if case .rsa(let bits) = key.publicKey.kind {
                try PropertyViolation.require((2048...8192).contains(bits), "an RSA key of \(bits) bits is accepted")
            }
            let algorithms = SignatureAlgorithm.allCases.filter(key.fits)
            try PropertyViolation.require(!algorithms.isEmpty, "a key that fits no algorithm is accepted")
            if let algorithm = key.algorithm {
                try PropertyViolation.require(algorithms == [algorithm], "a key fits more than its alg")
            }
        }
        for skipped in keys.skipped {
            let description = skipped.description.utf8
            try PropertyViolation.require(
                description.count <= 4_096 && description.allSatisfy { $0 >= 0x20 && $0 != 0x7F },
                "a description is not safe for a log line")
        }
    }
}
