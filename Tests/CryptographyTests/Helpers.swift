// SPDX-License-Identifier: Apache-2.0

import Cryptography

extension PublicKey {
    /// Takes arrays, because spans cannot be arguments inside `#expect`.
    func verifies(_ signature: [UInt8], over message: [UInt8], _ algorithm: SignatureAlgorithm) -> Bool {
        verify(signature: signature.span, over: message.span, algorithm: algorithm)
    }
}

extension PrivateKey {
    func signed(_ message: [UInt8], _ algorithm: SignatureAlgorithm) throws -> [UInt8] {
        try sign(message.span, algorithm: algorithm)
    }
}

func bytes(hex: String) throws -> [UInt8] {
    let digits = Array(hex.utf8)
    func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : (digit | 0x20) - 0x61 + 10 }
    return stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
}
