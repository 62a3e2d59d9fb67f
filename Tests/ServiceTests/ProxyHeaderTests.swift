// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Testing
import Vending

@testable import Service

@Suite struct ProxyHeaderTests {
    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    private static func version2(_ command: UInt8, _ family: UInt8, _ content: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
    }

    private static let ipv4: [UInt8] = [192, 0, 2, 1, 10, 0, 0, 1, 0xDB, 0xB1, 0x01, 0xBB]
    private static let ipv6: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [7] + Array(repeating: 1, count: 20)

    private static let goodHeaders: [(header: [UInt8], source: String?)] = [
        (Array("PROXY TCP4 192.0.2.1 10.0.0.1 56324 443\r\n".utf8), "192.0.2.1"),
        (Array("PROXY TCP6 2001:db8::7 2001:db8::1 1 65535\r\n".utf8), "2001:db8::7"),
        (Array("PROXY UNKNOWN\r\n".utf8), nil),
        (Array("PROXY UNKNOWN whatever it says\r\n".utf8), nil),
        (version2(0x21, 0x11, ipv4), "192.0.2.1"),
        (version2(0x21, 0x12, ipv4), "192.0.2.1"),
        (version2(0x21, 0x21, ipv6), "2001:db8::7"),
        (version2(0x21, 0x11, ipv4 + [4, 0, 1, 0]), "192.0.2.1"),
        (version2(0x20, 0x00, []), nil),
        (version2(0x20, 0x11, ipv4), nil),
        (version2(0x21, 0x00, []), nil),
        (version2(0x21, 0x31, Array(repeating: 1, count: 216)), nil),
    ]

    @Test("reads both versions, at any split, and leaves what follows", arguments: goodHeaders)
    func good(header: [UInt8], source: String?) {
        let expected = ProxyHeader.complete(length: header.count, source: source.flatMap { ClientAddress($0) })
        #expect(ProxyHeader(header) == expected)
        #expect(ProxyHeader(header + Array("GET / HTTP/1.1\r\n\r\n".utf8)) == expected)
        for count in 0..<header.count { #expect(ProxyHeader(Array(header.prefix(count))) == .incomplete) }
    }

    private static let badLines = [
        "GET / HTTP/1.1\r\n", "proxy TCP4", "PROXY\r\n", "PROXY TCP4 192.0.2.1 10.0.0.1 56324 443\n",
        "PROXY TCP4 192.0.2.1 10.0.0.1 56324\r\n", "PROXY TCP4  192.0.2.1 10.0.0.1 56324 443\r\n",
        "PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n", "PROXY TCP6 192.0.2.1 10.0.0.1 1 2\r\n",
        "PROXY TCP4 192.0.2.1 10.0.0.1 65536 443\r\n", "PROXY TCP4 192.0.2.1 10.0.0.1 01 443\r\n",
        "PROXY TCP4 192.0.2.1 10.0.0.1 -1 443\r\n", "PROXY TCP5 192.0.2.1 10.0.0.1 1 443\r\n",
        "PROXY UNKNOWN \(String(repeating: "x", count: 100))\r\n",
    ]

    private static let badHeaders: [[UInt8]] = [
        version2(0x22, 0x11, ipv4), version2(0x11, 0x11, ipv4), version2(0x21, 0x11, [1, 2, 3]),
        version2(0x21, 0x21, ipv4), version2(0x21, 0x11, Array(repeating: 0, count: 2_049)),
    ]

    @Test("rejects what is no header", arguments: badLines.map { Array($0.utf8) } + badHeaders)
    func bad(header: [UInt8]) {
        #expect(ProxyHeader(header) == .malformed)
    }

    private final class Events: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var address: ClientAddress?
        var bytes = ""

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let proxied = event as? ProxiedAddress { address = proxied.address }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += String(buffer: unwrapInboundIn(data))
        }
    }

    private func channel(from peer: String) throws -> (EmbeddedChannel, Events) {
        let events = Events()
        let channel = EmbeddedChannel()
        let proxies = TrustedProxies([AddressBlock("10.0.0.0/8")!], sendProxyHeader: true)
        channel.remoteAddress = try SocketAddress(ipAddress: peer, port: 1)
        try channel.pipeline.syncOperations.addHandlers([ProxyProtocolHandler(proxies), events])
        try channel.connect(to: SocketAddress(ipAddress: peer, port: 1)).wait()
        return (channel, events)
    }

    @Test("reports the address before the first byte behind the header, also byte by byte, and then only passes on")
    func handler() throws {
        let (channel, events) = try channel(from: "10.0.0.1")
        for byte in Self.version2(0x21, 0x11, Self.ipv4) + Array("PROXY TCP4 is content now".utf8) {
            try channel.writeInbound(ByteBuffer(bytes: [byte]))
        }
        #expect(events.address?.description == "192.0.2.1" && events.bytes == "PROXY TCP4 is content now")
    }

    @Test("closes a trusted proxy's connection that does not begin with a header")
    func required() throws {
        let (channel, events) = try channel(from: "10.0.0.1")
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
        #expect(!channel.isActive && events.bytes.isEmpty)
    }

    @Test("passes on what others send, a header included")
    func stranger() throws {
        let (channel, events) = try channel(from: "192.0.2.9")
        try channel.writeInbound(ByteBuffer(string: "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n"))
        #expect(events.address == nil && events.bytes == "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n")
    }
}
