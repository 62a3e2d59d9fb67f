// SPDX-License-Identifier: Apache-2.0

package import NIOCore
private import NIOSSL
private import Synchronization

/// The TLS of one listener: its current certificate, and the counts of its handshakes.
///
/// A new certificate takes effect for the next connection; open connections keep the one that they began with.
package final class ListenerTLS: Sendable {
    /// Bytes that a connection keeps for encrypted output while it has none.
    private static let preservedBuffer = 4_096

    private let identity: Mutex<TLSIdentity>
    private let completed = Atomic(0)
    private let failed = Atomic(0)

    package init(_ identity: TLSIdentity) {
        self.identity = Mutex(identity)
    }

    package var current: TLSIdentity { identity.withLock { $0 } }

    package func replace(with new: TLSIdentity) { identity.withLock { $0 = new } }

    package var completedHandshakes: Int { completed.load(ordering: .relaxed) }

    /// Also counts connections that ended before the handshake did, for whatever reason.
    package var failedHandshakes: Int { failed.load(ordering: .relaxed) }

    /// Adds the handlers that decrypt and encrypt a new connection. What is added behind them sees plain bytes.
    ///
    /// They do not bound the time of a handshake: that is up to the connection's guard.
    package func addHandlers(to operations: ChannelPipeline.SynchronousOperations) throws {
        var configuration = NIOSSLServerHandler.Configuration()
        configuration.maximumPreservedOutboundBufferCapacity = Self.preservedBuffer
        try operations.addHandler(NIOSSLServerHandler(context: current.context, configuration: configuration))
        try operations.addHandler(EarlyFlush())
        try operations.addHandler(
            HandshakeCounter { [self] in count($0) })
    }

    private func count(_ isComplete: Bool) {
        if isComplete {
            completed.wrappingAdd(1, ordering: .relaxed)
        } else {
            failed.wrappingAdd(1, ordering: .relaxed)
        }
    }
}
