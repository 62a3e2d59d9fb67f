// SPDX-License-Identifier: Apache-2.0

private import Foundation

/// One line of the JWS vectors: a compact token and its keys.
struct Vector {
    let token: [UInt8]
    let keys: [UInt8]

    init?(_ line: some Sequence<UInt8>) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
            let token = object["jws"] as? String, let jwks = object["jwks"],
            let keys = try? JSONSerialization.data(withJSONObject: jwks)
        else { return nil }
        self.token = Array(token.utf8)
        self.keys = [UInt8](keys)
    }
}
