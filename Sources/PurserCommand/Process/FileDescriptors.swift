// SPDX-License-Identifier: Apache-2.0

import Glibc
import Outbound

/// Each connection takes a file descriptor, and the usual soft limit of 1,024 is too low for a server.
enum FileDescriptors {
    /// Reserved for the admin listener, the log and files.
    private static let reserved = 128

    /// Raises the soft limit to the hard limit if the system allows it.
    /// - Returns: the limit in force.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(files, &limit) == 0 else { return .max }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let raised = unsafe setrlimit(files, &limit) == 0
        return Int(clamping: raised ? limit.rlim_max : soft)
    }

    /// Outbound connections to one host.
    /// - Parameter wanted: the number that all calls at the configured rate need if each takes until its time-out.
    /// - Returns: `wanted` within its bounds: at least the default of the client, and at most an eighth of `limit`, since
    ///   two hosts (STS and the data plane) can be slow at once.
    static func outboundConnections(wanted: Int, under limit: Int) -> Int {
        max(OutboundClient.defaultConnectionsPerHost, min(wanted, limit / 8))
    }

    /// Maximum number of inbound connections under a limit of file descriptors.
    /// - Parameter perHost: the result of `outboundConnections`.
    static func connections(under limit: Int, outbound perHost: Int) -> Int {
        let outbound = max(OutboundClient.defaultConnectionsPerHost, min(2 * perHost, limit / 4))
        return max(16, limit - reserved - outbound)
    }
}
