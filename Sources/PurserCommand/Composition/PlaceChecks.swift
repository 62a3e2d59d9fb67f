// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Foundation
import Glibc

/// What `purser check` tries on the machine that it runs on: whether files can be written and addresses be bound. It
/// creates no file.
struct PlaceChecks {
    let mistakes: [String]
    let notes: [String]

    init(_ settings: Settings) {
        var mistakes: [String] = []
        var notes: [String] = []
        if case .file(let path) = settings.audit.sink, let problem = Self.writing(path) {
            mistakes.append("audit.to: \(path) can't be opened: \(problem); expected a file that Purser may write to")
        }
        if let path = settings.logouts?.file.url.path, let problem = Self.writing(path) {
            mistakes.append(
                "logouts.file: \(path) can't be opened: \(problem); expected a file that Purser may write to")
        }
        for address in [settings.listen, settings.admin] {
            guard case .tcp(let host, let port) = address, let problem = Self.binding(host, port) else { continue }
            let name = settings.setting(of: address)
            if problem == EADDRINUSE {
                notes.append("\(name): \(address) is in use now, perhaps by the Purser that runs")
            } else {
                mistakes.append(
                    "\(name): \(address) can't be bound: \(errorText(problem)); expected an address of this machine and "
                        + "a port that Purser may use")
            }
        }
        (self.mistakes, self.notes) = (mistakes, notes)
    }

    /// - Returns: why the file could not be written.
    private static func writing(_ path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            guard errno == ENOENT else { return errorText(errno) }
            let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
            return unsafe access(directory, W_OK | X_OK) == 0 ? nil : errorText(errno)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else { return errorText(EISDIR) }
        return unsafe access(path, W_OK) == 0 ? nil : errorText(errno)
    }

    /// - Returns: the system's error.
    private static func binding(_ host: String, _ port: Int) -> Int32? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        // A name would be a question to the network.
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0, let first = unsafe list else { return nil }
        defer { unsafe freeaddrinfo(first) }
        let descriptor = unsafe socket(
            first.pointee.ai_family, first.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var on: Int32 = 1
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        return unsafe bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 ? nil : errno
    }
}
