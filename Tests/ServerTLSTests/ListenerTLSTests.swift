// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOEmbedded
import NIOSSL
import ServerTLS
import TestSupport
import Testing

@Suite struct ListenerTLSTests {
    private func identity(_ certificate: [UInt8], _ key: [UInt8]) throws -> TLSIdentity {
        try TLSIdentity(
            TLSMaterial(certificate: certificate, key: key), now: Date(timeIntervalSince1970: 1_800_000_000))
    }

    /// Both ends of a connection in memory.
    private struct Pair {
        let server = EmbeddedChannel()
        let client = EmbeddedChannel()

        init(_ tls: ListenerTLS) throws {
            try tls.addHandlers(to: server.pipeline.syncOperations)
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateVerification = .none
            let context = try NIOSSLContext(configuration: configuration)
            try client.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
            try server.connect(to: SocketAddress(unixDomainSocketPath: "/s")).wait()
            try client.connect(to: SocketAddress(unixDomainSocketPath: "/s")).wait()
            try exchange()
        }

        /// Carries bytes until neither end sends any.
        func exchange() throws {
            while true {
                var isQuiet = true
                while let bytes = try client.readOutbound(as: ByteBuffer.self) {
                    isQuiet = false
                    try server.writeInbound(bytes)
                }
                while let bytes = try server.readOutbound(as: ByteBuffer.self) {
                    isQuiet = false
                    try client.writeInbound(bytes)
                }
                if isQuiet { return }
            }
        }

        func received(_ text: String) throws -> String? {
            client.writeAndFlush(ByteBuffer(string: text), promise: nil)
            try exchange()
            return try server.readInbound(as: ByteBuffer.self).map { String(buffer: $0) }
        }

        func leaf() throws -> [UInt8]? {
            try client.pipeline.syncOperations.nioSSL_peerCertificate()?.toDERBytes()
        }
    }

    @Test("a new certificate is for new connections, and open ones go on")
    func replaced() throws {
        let first = try identity(TestCertificates.certificate, TestCertificates.key)
        let second = try identity(TestCertificates.otherCertificate, TestCertificates.otherKey)
        let tls = ListenerTLS(first)
        let old = try Pair(tls)
        #expect(try old.leaf() == first.leaf && old.received("one") == "one")
        tls.replace(with: second)
        let new = try Pair(tls)
        #expect(try new.leaf() == second.leaf && new.received("two") == "two")
        #expect(try old.received("three") == "three")
        #expect(tls.completedHandshakes == 2 && tls.failedHandshakes == 0)
    }

    @Test("passes on what is written before a flush once it is much, so that the channel's writability counts it")
    func unflushed() throws {
        let pair = try Pair(ListenerTLS(try identity(TestCertificates.certificate, TestCertificates.key)))
        func write(_ count: Int) throws -> Int {
            for _ in 0..<count { pair.server.write(ByteBuffer(repeating: 0x61, count: 1_024), promise: nil) }
            var bytes = 0
            while let part = try pair.server.readOutbound(as: ByteBuffer.self) { bytes += part.readableBytes }
            return bytes
        }
        #expect(try write(63) == 0)
        #expect(try write(1) > 64 << 10)
        #expect(try write(63) == 0)
        pair.server.flush()
        #expect(try write(63) > 63 << 10)
    }

    @Test("plain HTTP is a failed handshake, and closes the connection")
    func plain() throws {
        let tls = ListenerTLS(try identity(TestCertificates.certificate, TestCertificates.key))
        let server = EmbeddedChannel()
        try tls.addHandlers(to: server.pipeline.syncOperations)
        try server.connect(to: SocketAddress(unixDomainSocketPath: "/s")).wait()
        #expect(throws: (any Error).self) { try server.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n")) }
        #expect(!server.isActive)
        server.embeddedEventLoop.run()
        #expect(tls.completedHandshakes == 0 && tls.failedHandshakes == 1)
    }

    @Test("a connection that ends before its handshake counts as failed once")
    func ended() throws {
        let tls = ListenerTLS(try identity(TestCertificates.certificate, TestCertificates.key))
        let server = EmbeddedChannel()
        try tls.addHandlers(to: server.pipeline.syncOperations)
        _ = try? server.finish()
        #expect(tls.completedHandshakes == 0 && tls.failedHandshakes == 1)
    }
}
