// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Vending

extension TemporaryCredentials {
    /// Why the credentials must not be returned to a client, as fixed text; `nil` if they may.
    ///
    /// They end up in JSON, XML and headers, so they may contain visible ASCII only, and no `"`, `\` or `<`.
    func problem(at now: Date) -> String? {
        let fields = [
            ("AccessKeyId", accessKeyID, 16...128),
            ("SecretAccessKey", secretAccessKey, 1...256),
            ("SessionToken", sessionToken, 1...16_384),
        ]
        for (name, value, length) in fields {
            guard length.contains(value.utf8.count) else { return "\(name) is not of the expected length" }
            guard value.utf8.allSatisfy(Self.isPlain) else { return "\(name) holds unexpected characters" }
        }
        let life = expiration.timeIntervalSince(received ?? now)
        if life <= 0 { return "Expiration is in the past: is this machine's clock right?" }
        // The longest session that AWS issues, and a tolerance for clock differences.
        if life > 43_200 + 300 { return "Expiration is more than 12 hours ahead: is this machine's clock right?" }
        return nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "<")
    }
}
