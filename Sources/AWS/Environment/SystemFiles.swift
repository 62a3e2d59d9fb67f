// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    private import Darwin
#else
    private import Glibc
#endif

/// Reads the local file system.
package struct SystemFiles: FileReader {
    package init() {}

    package func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
        // `O_NONBLOCK`, so that opening a FIFO does not wait for a writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Self.problem(errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Self.read(descriptor, $0.baseAddress, $0.count) }
            switch count {
            case 0: return bytes
            case ..<0 where errno == EINTR: continue
            case ..<0: throw Self.problem(errno)
            default: bytes += buffer.prefix(count)
            }
            guard bytes.count <= limit else { throw FileError("is longer than \(limit) bytes") }
        }
    }

    private static func read(_ descriptor: Int32, _ address: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Darwin)
            unsafe Darwin.read(descriptor, address, count)
        #else
            unsafe Glibc.read(descriptor, address, count)
        #endif
    }

    private static func problem(_ code: Int32) -> FileError {
        switch code {
        case EACCES, EPERM: FileError("can't be read: permission denied")
        case EISDIR: FileError("is a directory")
        default: FileError("can't be read: error \(code)")
        }
    }
}
