// SPDX-License-Identifier: Apache-2.0

private import AsyncHTTPClient
private import NIOCore
private import NIOHTTP1
private import NIOPosix

#if canImport(Darwin)
    private import Darwin
#else
    private import Glibc
#endif

extension OutboundError {
    /// Maps `error` to a fixed set of descriptions: those of the libraries can contain URLs and addresses.
    init(_ error: any Error) {
        switch error {
        case let failure as OutboundError: self = failure
        case is CancellationError: self = .cancelled
        case let error as HTTPClientError: self.init(error)
        case let error as NIOConnectionError: self = .connection(Self.describe(error))
        case let error as IOError: self = .connection(Self.describe(error))
        case is HTTPParserError: self = .connection("not HTTP, or truncated")
        case is ChannelError: self = .connection("connection closed")
        // A type's name is fixed too; this case includes NIOSSLError.
        default: self = .connection("failed with \(type(of: error))")
        }
    }

    /// Whether no connection could be made, as opposed to an error of a request or of a response.
    static func isOfConnecting(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError: true
        case let error as ChannelError: if case .connectTimeout = error { true } else { false }
        case let error as HTTPClientError:
            error == .connectTimeout || error == .tlsHandshakeTimeout || error == .getConnectionFromPoolTimeout
        default: false
        }
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .cancelled: self = .cancelled
        case .deadlineExceeded, .readTimeout, .writeTimeout: self = .timedOut
        // The pool has room for every request that has a slot (`ConnectionSlots`), so the host accepts no connection.
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            self = .connection("connection timed out")
        case .remoteConnectionClosed: self = .connection("closed by the server")
        default: self = .connection(error.shortDescription)
        }
    }

    private static func describe(_ error: NIOConnectionError) -> String {
        if let attempt = error.connectionErrors.first {
            switch attempt.error {
            case let error as IOError: return describe(error)
            case ChannelError.connectTimeout: return "connection timed out"
            default: return "no connection"
            }
        }
        return error.dnsAError == nil && error.dnsAAAAError == nil ? "no connection" : "name not resolved"
    }

    private static func describe(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET, EPIPE: "connection reset"
        case EHOSTUNREACH, ENETUNREACH: "no route"
        case ETIMEDOUT: "connection timed out"
        case let code: "I/O error \(code)"
        }
    }
}
