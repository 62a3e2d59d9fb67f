// SPDX-License-Identifier: Apache-2.0

extension Span<UInt8> {
    /// The position of the first byte that needs a check in a JSON string: a quote, a backslash, a control character or
    /// a byte outside ASCII. The end if there is none.
    ///
    /// Examines 8 bytes at a time. Each test sets the highest bit of a byte that matches. A borrow may also set it in
    /// bytes after the first match, so only the first match counts.
    func endOfPlainText(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = start
        while count - index >= 8 {
            let word = unsafe UInt64(
                littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            let found =
                word | ((word &- ones &* 0x20) & ~word) | ((quotes &- ones) & ~quotes)
                | ((backslashes &- ones) & ~backslashes)
            let matches = found & (ones &* 0x80)
            if matches != 0 { return index + matches.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        return index
    }
}
