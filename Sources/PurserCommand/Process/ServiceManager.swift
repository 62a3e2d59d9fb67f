// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// Tells the service manager what the process does: datagrams to the socket in `NOTIFY_SOCKET` (sd_notify(3)). Does
/// nothing without one. Never waits: a state that the socket does not take is lost.
struct ServiceManager: Sendable {
    /// A path, or `@` and a name in the abstract namespace.
    private let socket: String?
    /// Time within which the service manager expects a sign of life; `nil` if it expects none (sd_watchdog_enabled(3)).
    let watchdog: Duration?

    init(variables: [String: String], process: Int32 = getpid()) {
        let socket = variables["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        self.socket = socket
        let isForThis = variables["WATCHDOG_PID"].map { $0 == String(process) } ?? true
        let limit = variables["WATCHDOG_USEC"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
        watchdog = socket != nil && isForThis ? limit.map { .microseconds($0) } : nil
    }

    func isReady(_ status: String) { notify("READY=1\nSTATUS=\(status)") }

    /// `isReady` must follow when the reload is over, also if it was refused.
    func isReloading() {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_MONOTONIC, &time) == 0 else { return }
        notify("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1_000)")
    }

    func isStopping() { notify("STOPPING=1") }

    func isAlive() { notify("WATCHDOG=1") }

    private func notify(_ state: String) {
        guard let socket else { return }
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socket.utf8)
        // The path includes the zero byte at its end; a name in the abstract namespace has one in front instead.
        if name[0] == UInt8(ascii: "@") { name[0] = 0 } else { name.append(0) }
        let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
            guard name.count <= path.count else { return false }
            unsafe path.copyBytes(from: name)
            return true
        }
        guard fits else { return }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bytes = Array(state.utf8)
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), pointer, length)
            }
        }
    }
}
