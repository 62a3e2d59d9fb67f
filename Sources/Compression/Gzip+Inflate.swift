// SPDX-License-Identifier: Apache-2.0

private import CZlib

extension Gzip {
    /// Decompresses one gzip member.
    ///
    /// Memory grows with the actual output, not with the size that the input declares, and exceeds `limit` by at most
    /// one 64 KiB step at any compression ratio. Input with several members is malformed: browsers send one.
    package static func inflate(_ input: some Collection<UInt8>, limit: Int) throws(GzipError) -> [UInt8] {
        var input = Array(input)
        guard !input.isEmpty, input.count <= Int(UInt32.max) else { throw .malformed }
        var stream = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, Self.window, ZLIB_VERSION, size) == Z_OK else { throw .outOfMemory }
        defer { unsafe inflateEnd(&stream) }

        var step = [UInt8](repeating: 0, count: min(64 << 10, max(1 << 10, 4 * input.count)))
        var output: [UInt8] = []
        var consumed = 0
        while true {
            var written = 0
            let result = unsafe input.withUnsafeMutableBufferPointer { source in
                unsafe step.withUnsafeMutableBufferPointer { target in
                    unsafe stream.next_in = source.baseAddress.map { unsafe $0 + consumed }
                    unsafe stream.avail_in = UInt32(source.count - consumed)
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = UInt32(target.count)
                    let result = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                    consumed = unsafe source.count - Int(stream.avail_in)
                    written = unsafe target.count - Int(stream.avail_out)
                    return result
                }
            }
            guard written <= limit - output.count else { throw .tooLarge }
            output.append(contentsOf: step[..<written])
            switch result {
            case Z_STREAM_END:
                guard consumed == input.count else { throw .malformed }
                return output
            case Z_OK: continue
            case Z_MEM_ERROR: throw .outOfMemory
            // Includes Z_BUF_ERROR: the input ends before the end of the stream.
            default: throw .malformed
            }
        }
    }

    /// Accepts only gzip, with a window of any size (zlib.h, `inflateInit2`).
    private static let window: Int32 = 16 + 15
}
