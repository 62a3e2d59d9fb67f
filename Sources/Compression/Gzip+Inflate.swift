// SPDX-License-Identifier: Apache-2.0

extension Gzip {
    /// Decompresses one gzip member into memory, as strictly as `GzipStream`.
    ///
    /// Memory grows with the actual output, not with the size that the input declares, and exceeds `limit` by at most
    /// one 64 KiB step at any compression ratio.
    package static func inflate(_ input: some Collection<UInt8>, limit: Int) throws(GzipError) -> [UInt8] {
        var stream = try GzipStream(Array(input), limit: limit)
        var step = [UInt8](repeating: 0, count: min(64 << 10, max(1 << 10, 4 * input.count)))
        var output: [UInt8] = []
        while true {
            let count = try stream.read(into: &step)
            guard count > 0 else { return output }
            output.append(contentsOf: step[..<count])
        }
    }
}
