// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The bytes that the fast lane has passed on since the decoder stood between two requests. Tells when it does so again.
struct PassedBytes {
    private var count = 0
    /// Bytes up to the first empty line, that line included; `nil` until it has come.
    private var firstHead: Int?
    /// The last four bytes.
    private var last: UInt32 = 0

    var isEmpty: Bool { count == 0 }

    mutating func add(_ buffer: ByteBuffer) {
        let bytes = buffer.readableBytesView
        if firstHead == nil {
            var four = last
            for (offset, byte) in bytes.enumerated() {
                four = four << 8 | UInt32(byte)
                if four == Self.emptyLine {
                    firstHead = count + offset + 1
                    break
                }
            }
        }
        last = bytes.suffix(4).reduce(last) { $0 << 8 | UInt32($1) }
        count += bytes.count
    }

    /// Whether these are whole requests and nothing else, when the connection has no request in progress.
    /// - Parameter bodies: bytes of their bodies; `nil` if a body has no `Content-Length`.
    func areWhole(requests: Int, bodies: Int?) -> Bool {
        guard let bodies, let firstHead else { return false }
        // Heads end with an empty line, and an empty line ahead of a head is skipped.
        if bodies == 0 { return last == Self.emptyLine }
        return requests == 1 && firstHead + bodies == count
    }

    private static let emptyLine: UInt32 = 0x0D0A_0D0A
}
