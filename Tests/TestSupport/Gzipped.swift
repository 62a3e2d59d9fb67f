// SPDX-License-Identifier: Apache-2.0

private import CZlib

/// Compresses with the system's zlib.
package enum Gzipped {
    /// Returns one gzip member with `content`.
    package static func make(_ content: [UInt8]) -> [UInt8] {
        var input = content
        var stream = unsafe z_stream()
        let began = unsafe deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(began == Z_OK)
        defer { unsafe deflateEnd(&stream) }
        var output = unsafe [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(input.count))))
        let count = unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(target.count)
                precondition(unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END)
                return unsafe target.count - Int(stream.avail_out)
            }
        }
        return Array(output[..<count])
    }
}
