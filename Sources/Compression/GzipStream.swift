// SPDX-License-Identifier: Apache-2.0

private import CZlib

/// Decompresses one gzip member in steps of the caller's size.
///
/// Memory does not depend on the input: zlib's window of 32 KiB, and the caller's buffer. Input with several members is
/// malformed: browsers send one. Output is complete and matches its checksum only when `read` returns 0.
@safe package struct GzipStream: ~Copyable {
    private let input: [UInt8]
    private let limit: Int
    private var consumed = 0
    private var produced = 0
    private var isAtEnd = false
    /// On the heap, because zlib holds a pointer to it.
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter limit: the maximum size of the whole output, in bytes.
    package init(_ input: [UInt8], limit: Int) throws(GzipError) {
        guard !input.isEmpty, input.count <= Int(UInt32.max) else { throw .malformed }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(stream, Self.window, ZLIB_VERSION, size) == Z_OK else {
            unsafe stream.deallocate()
            throw .outOfMemory
        }
        unsafe self.stream = stream
        self.input = input
        self.limit = limit
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Fills the buffer from its start with the next part of the output.
    ///
    /// The output exceeds the limit by at most the size of the buffer, which is then an error.
    /// - Parameter buffer: not empty.
    /// - Returns: the number of bytes, 0 only at the end.
    package mutating func read(into buffer: inout [UInt8]) throws(GzipError) -> Int {
        while !isAtEnd {
            let (result, written) = inflate(into: &buffer)
            guard written <= limit - produced else { throw .tooLarge }
            produced += written
            switch result {
            case Z_OK: break
            case Z_STREAM_END:
                guard consumed == input.count else { throw .malformed }
                isAtEnd = true
            case Z_MEM_ERROR: throw .outOfMemory
            // Includes Z_BUF_ERROR: the input ends before the end of the stream.
            default: throw .malformed
            }
            if written > 0 { return written }
        }
        return 0
    }

    private mutating func inflate(into buffer: inout [UInt8]) -> (result: Int32, written: Int) {
        unsafe input.withUnsafeBufferPointer { source in
            unsafe buffer.withUnsafeMutableBufferPointer { target in
                // zlib reads its input through a mutable pointer, but does not write to it.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress).map {
                    unsafe $0 + consumed
                }
                unsafe stream.pointee.avail_in = UInt32(source.count - consumed)
                unsafe stream.pointee.next_out = target.baseAddress
                unsafe stream.pointee.avail_out = UInt32(target.count)
                let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                consumed = unsafe source.count - Int(stream.pointee.avail_in)
                return unsafe (result, target.count - Int(stream.pointee.avail_out))
            }
        }
    }

    /// Accepts only gzip, with a window of any size (zlib.h, `inflateInit2`).
    private static let window: Int32 = 16 + 15
}
