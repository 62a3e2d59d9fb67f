// SPDX-License-Identifier: Apache-2.0

private import Glibc
private import NIOCore
import ServiceLifecycle

/// A listener can't bind to its address.
package struct ListenerError: Error, CustomStringConvertible {
    package let address: ListenerAddress
    /// The system's error message.
    package let reason: String

    package init(address: ListenerAddress, reason: String) {
        self.address = address
        self.reason = reason
    }

    package var description: String { "can't listen on \(address): \(reason)" }
}

/// Runs a listener, and adds its address to the error if binding fails.
package struct Binding: ServiceLifecycle.Service {
    private let address: ListenerAddress
    private let listener: @Sendable () async throws -> Void

    package init(address: ListenerAddress, _ listener: @escaping @Sendable () async throws -> Void) {
        self.address = address
        self.listener = listener
    }

    package func run() async throws {
        do {
            try await listener()
        } catch let error as IOError {
            let reason =
                unsafe strerror(error.errnoCode).map { unsafe String(cString: $0) } ?? "error \(error.errnoCode)"
            throw ListenerError(address: address, reason: reason)
        } catch let error as UnixSocketError {
            throw ListenerError(address: address, reason: error.reason)
        } catch let error as SocketAddressError.UnknownHost {
            throw ListenerError(address: address, reason: error.errorDescription)
        }
    }
}
