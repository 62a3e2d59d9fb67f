// SPDX-License-Identifier: Apache-2.0

extension Hasher {
    /// Adds the UTF-8 bytes of `text`, and a terminator that does not occur in UTF-8.
    mutating func combine(bytesOf text: String) {
        var text = text
        text.withUTF8 { unsafe combine(bytes: UnsafeRawBufferPointer($0)) }
        combine(0xFF as UInt8)
    }
}
