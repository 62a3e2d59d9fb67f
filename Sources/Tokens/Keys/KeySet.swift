// SPDX-License-Identifier: Apache-2.0

private import Cryptography
import StrictJSON

/// An immutable snapshot of one issuer's keys.
package struct KeySet: Sendable {
    /// The maximum length of a document in bytes.
    package static let documentLimit = 512 * 1024
    package static let keyLimit = 100

    /// At least one key.
    package let keys: [VerificationKey]
    /// The document's unusable keys, for the log.
    package let skipped: [SkippedKey]
    /// `false` for PEM, which has no key ids, so a token's `kid` cannot select a key.
    let hasKeyIDs: Bool

    /// Reads a JWK Set (RFC 7517 §5). Unusable keys are skipped; a document with two keys of one `kid` is rejected.
    package init(jwks document: [UInt8]) throws(KeySetError) {
        guard document.count <= Self.documentLimit else { throw .tooLarge(bytes: document.count) }
        let object: JSONObject
        do {
            object = try JSONObject.parse(document, keeping: ["keys"])
        } catch {
            throw .notJSON(error)
        }
        guard let values = object["keys"]?.array else { throw .keysMissing }
        try self.init(values, hasKeyIDs: true, keyID: { $0.object?["kid"]?.string }, read: JWK.read)
    }

    /// Reads PEM with one or more `PUBLIC KEY` blocks (RFC 7468 §13).
    package init(pem document: [UInt8]) throws(KeySetError) {
        guard document.count <= Self.documentLimit else { throw .tooLarge(bytes: document.count) }
        let blocks: [PEM.Block]
        do {
            blocks = try PEM.blocks(document)
        } catch {
            throw .notPEM(error)
        }
        try self.init(blocks, hasKeyIDs: false, keyID: { _ in nil }, read: Self.key)
    }

    private static func key(_ block: PEM.Block) throws(JWKError) -> VerificationKey {
        guard block.label == "PUBLIC KEY" else { throw .block(block.label) }
        do throws(KeyError) {
            let key = try PublicKey(subjectPublicKeyInfo: block.der)
            return VerificationKey(keyID: nil, algorithm: nil, publicKey: key)
        } catch {
            throw .key(error)
        }
    }

    /// Reads the contents of a file, a JWK Set or PEM.
    package init(file document: [UInt8]) throws(KeySetError) {
        let first = document.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if first == UInt8(ascii: "{") {
            try self.init(jwks: document)
        } else if document.contains(UInt8(ascii: "-")) {
            try self.init(pem: document)
        } else {
            throw .unknownForm
        }
    }

    private init<Source>(
        _ sources: [Source], hasKeyIDs: Bool, keyID: (Source) -> String?,
        read: (Source) throws(JWKError) -> VerificationKey
    ) throws(KeySetError) {
        guard sources.count <= Self.keyLimit else { throw .tooManyKeys(sources.count) }
        var keys: [VerificationKey] = []
        var skipped: [SkippedKey] = []
        for (index, source) in sources.enumerated() {
            let key: VerificationKey
            do throws(JWKError) {
                key = try read(source)
            } catch {
                skipped.append(SkippedKey(index: index, keyID: keyID(source), problem: error))
                continue
            }
            if let id = key.keyID, keys.contains(where: { $0.keyID?.isExactly(id) == true }) {
                throw .duplicateKeyID(id)
            }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw .noUsableKey(skipped) }
        self.init(keys: keys, skipped: skipped, hasKeyIDs: hasKeyIDs)
    }

    private init(keys: [VerificationKey], skipped: [SkippedKey], hasKeyIDs: Bool) {
        self.keys = keys
        self.skipped = skipped
        self.hasKeyIDs = hasKeyIDs
    }

    /// Whether both sets have the same key objects in the same order.
    func isIdentical(to other: KeySet) -> Bool {
        keys.count == other.keys.count && zip(keys, other.keys).allSatisfy { $0 === $1 }
    }

    /// This set, in which each key that is equal to a key of `old` is replaced by the object of `old`.
    func keeping(_ old: [VerificationKey]) -> KeySet {
        let keys = keys.map { key in old.first { $0.isSame(as: key) } ?? key }
        return KeySet(keys: keys, skipped: skipped, hasKeyIDs: hasKeyIDs)
    }
}
