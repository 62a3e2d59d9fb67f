// SPDX-License-Identifier: Apache-2.0

extension StaticString {
    /// A C string that lives as long as the process.
    var cString: UnsafePointer<CChar> {
        unsafe UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
