// SPDX-License-Identifier: Apache-2.0

private import HTTPTypes
private import NIOCore
private import NIOEmbedded
private import NIOHTTP1
private import NIOHTTPTypes
private import NIOHTTPTypesHTTP1
private import Service
private import Vending

/// Holds the fast lane to the HTTP decoder: of every request that the lane recognises, the decoder reads the same one.
package enum LaneProperties {
    /// - Returns: whether the lane recognises a request at the begin of the input.
    package static func check(_ input: [UInt8]) throws(PropertyViolation) -> Bool {
        guard let request = unsafe input.withUnsafeBytes({ unsafe PlainRequest($0) }) else { return false }
        func text(_ place: Range<Int>) -> String { String(decoding: input[place], as: UTF8.self) }
        func require(_ holds: Bool, _ what: String) throws(PropertyViolation) {
            try PropertyViolation.require(holds, "\(what) differs")
        }
        let (head, count) = try decoded(Array(input.prefix(request.length)))
        try require(count == 2, "the number of parts")
        let fields = head.headerFields
        try require(head.method == .get, "the method")
        try require(head.path == "/v1/apps/\(text(request.app))/\(request.resource.rawValue)", "the path")
        let target = Target(path: head.path)
        try require(target?.app.rawValue == text(request.app) && target?.resource == request.resource, "the target")
        try require(head.authority == text(request.host) && !fields.contains(.init("host")!), "the host")
        try require(fields[values: .authorization] == places(request.authorization), "the authorization")
        try require(fields[values: .origin] == places(request.origin), "the origin")
        try require(fields[values: .init("x-forwarded-for")!] == places(request.forwardedFor), "X-Forwarded-For")
        for name in ["content-length", "transfer-encoding", "expect", "upgrade"] {
            try require(!fields.contains(.init(name)!), name)
        }
        try require(["keep-alive", nil].contains(fields[.connection]), "the connection")
        return true

        func places(_ place: Range<Int>?) -> [String] { place.map { [text($0)] } ?? [] }
    }

    /// - Returns: the head and the number of parts.
    private static func decoded(_ bytes: [UInt8]) throws(PropertyViolation) -> (HTTPRequest, Int) {
        do {
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandlers([
                ByteToMessageHandler(HTTPRequestDecoder()), HTTP1ToHTTPServerCodec(secure: false),
            ])
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            guard case .head(let head)? = try channel.readInbound(as: HTTPRequestPart.self) else {
                throw PropertyViolation("the decoder reads no head")
            }
            var count = 1
            while let part = try channel.readInbound(as: HTTPRequestPart.self) {
                count += 1
                guard case .end = part else { throw PropertyViolation("the decoder reads a body or another head") }
            }
            _ = try? channel.finish()
            return (head, count)
        } catch let violation as PropertyViolation {
            throw violation
        } catch {
            throw PropertyViolation("the decoder rejects it: \(error)")
        }
    }
}
