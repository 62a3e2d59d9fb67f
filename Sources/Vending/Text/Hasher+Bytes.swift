extension Hasher {
    /// Feeds the UTF-8 bytes of `text`, ended by a byte that UTF-8 never holds.
    mutating func combine(bytesOf text: String) {
        var text = text
        text.withUTF8 { unsafe combine(bytes: UnsafeRawBufferPointer($0)) }
        combine(0xFF as UInt8)
    }
}
