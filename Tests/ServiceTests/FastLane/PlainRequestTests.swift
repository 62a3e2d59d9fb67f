// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import Service

@Suite struct PlainRequestTests {
    private static let line = "GET /v1/apps/shop/credentials HTTP/1.1\r\n"

    private func read(_ text: String) -> PlainRequest? {
        unsafe Array(text.utf8).withUnsafeBytes { unsafe PlainRequest($0) }
    }

    private func request(_ lines: String..., line: String = line) -> String {
        line + (["Host: localhost"] + lines).map { $0 + "\r\n" }.joined() + "\r\n"
    }

    @Test("finds the app, the resource and the values of the fields that matter")
    func places() throws {
        let text = request(
            "AUTHORIZATION: Bearer a.b.c", "origin:https://shop.example.com", "X-Forwarded-For: 192.0.2.1, 10.0.0.1",
            "Connection: keep-alive", "Accept:", "Cookie: a=b; c=\"d\"")
        let read = try #require(self.read(text))
        func value(_ place: Range<Int>?) -> String? {
            place.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
        }
        #expect(read.length == text.utf8.count && read.resource == .credentials && value(read.app) == "shop")
        #expect(value(read.host) == "localhost" && value(read.authorization) == "Bearer a.b.c")
        #expect(value(read.origin) == "https://shop.example.com")
        #expect(value(read.forwardedFor) == "192.0.2.1, 10.0.0.1")
    }

    @Test(
        "recognises the four resources",
        arguments: [
            ("credentials", Target.Resource.credentials), ("guest-credentials", .guestCredentials),
            ("credentials/container", .container), ("guest-credentials/container", .guestContainer),
        ])
    func resources(path: String, resource: Target.Resource) {
        #expect(read(request(line: "GET /v1/apps/A.b-c_9/\(path) HTTP/1.1\r\n"))?.resource == resource)
    }

    @Test("a request that is not whole is not recognised, at any length, and what follows one does not matter")
    func whole() {
        let bytes = Array(request("Accept: */*").utf8)
        for count in 0..<bytes.count {
            #expect(unsafe Array(bytes.prefix(count)).withUnsafeBytes { unsafe PlainRequest($0) } == nil)
        }
        #expect(read(request("Accept: */*") + "GARBAGE")?.length == bytes.count)
    }

    @Test(
        "leaves other request lines to the decoder",
        arguments: [
            "GET /v1/apps/shop/credentials?a HTTP/1.1\r\n", "GET /v1/apps/shop/credentials HTTP/1.0\r\n",
            "GET  /v1/apps/shop/credentials HTTP/1.1\r\n", "GET /v1/apps/shop/credentials  HTTP/1.1\r\n",
            "get /v1/apps/shop/credentials HTTP/1.1\r\n", "HEAD /v1/apps/shop/credentials HTTP/1.1\r\n",
            "GET /v1/apps/shop/credentials/ HTTP/1.1\r\n", "GET /v1/apps//credentials HTTP/1.1\r\n",
            "GET /v1/apps/.shop/credentials HTTP/1.1\r\n", "GET /v1/apps/-/credentials HTTP/1.1\r\n",
            "GET /v1/apps/%73hop/credentials HTTP/1.1\r\n", "GET /v1/apps/shop/sts HTTP/1.1\r\n",
            "GET http://h/v1/apps/shop/credentials HTTP/1.1\r\n", "GET /v1/apps/shop/credentials HTTP/1.1\n",
            "\r\nGET /v1/apps/shop/credentials HTTP/1.1\r\n", "GET /V1/apps/shop/credentials HTTP/1.1\r\n",
            "GET /v1/apps/shop/CREDENTIALS HTTP/1.1\r\n",
            "GET /v1/apps/\(String(repeating: "a", count: 65))/credentials HTTP/1.1\r\n",
        ])
    func lines(line: String) {
        #expect(read(request("Accept: */*", line: line)) == nil)
    }

    @Test(
        "leaves requests with other fields to the decoder",
        arguments: [
            "Host: b", "Content-Length: 0", "content-length:0", "Transfer-Encoding: chunked", "Expect: 100-continue",
            "Upgrade: h2c", "TE: trailers", "Trailer: a", "Keep-Alive: 5", "Proxy-Connection: close",
            "HTTP2-Settings: AA", "Connection: close", "Connection: Keep-Alive", "Connection: keep-alive, te",
            "A : b", " A: b", "A:\tb", "A: b ", "A:  b", "A: b\tc", "A: b\u{7F}", "A: \u{E9}", "A: b\rc", "A: b\nc",
            ": b",
            "A", "A(b): c",
        ])
    func fields(line: String) {
        #expect(read(request("Accept: */*")) != nil)
        #expect(read(request("Accept: */*", line, "B: c")) == nil)
    }

    @Test(
        "leaves requests with a field twice to the decoder",
        arguments: ["Authorization: Bearer a", "Origin: a", "X-Forwarded-For: 192.0.2.1", "Connection: keep-alive"])
    func twice(line: String) {
        #expect(read(request(line)) != nil)
        #expect(read(request(line, line)) == nil)
        #expect(read(request(line, line.lowercased())) == nil)
    }

    @Test("needs a host")
    func host() {
        #expect(read(Self.line + "Accept: */*\r\n\r\n") == nil)
    }

    @Test("leaves requests with more than sixty lines or of 24 KiB to the decoder")
    func limits() {
        func numbered(_ count: Int) -> String {
            Self.line + "Host: a\r\n" + (0..<count).map { "A\($0): b\r\n" }.joined() + "\r\n"
        }
        #expect(read(numbered(59)) != nil && read(numbered(60)) == nil)
        #expect(read(request("A: " + String(repeating: "b", count: 20_000))) != nil)
        #expect(read(request("A: " + String(repeating: "b", count: 24_600))) == nil)
    }

    @Test("knows when all passed bytes were whole requests")
    func passed() {
        func passed(_ pieces: String...) -> PassedBytes {
            var passed = PassedBytes()
            for piece in pieces { passed.add(ByteBuffer(string: piece)) }
            return passed
        }
        let head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(passed(head).areWhole(requests: 1, bodies: 0) && passed(head, head).areWhole(requests: 2, bodies: 0))
        #expect(passed("GET / HTTP/1.1\r\nHost: a\r", "\n\r\n").areWhole(requests: 1, bodies: 0))
        #expect(!passed(head, "GET / HTTP/1.1\r\n").areWhole(requests: 1, bodies: 0))
        #expect(!passed(head, "G").areWhole(requests: 1, bodies: 0))
        #expect(passed(head, "hello").areWhole(requests: 1, bodies: 5))
        #expect(passed(head + "he", "llo").areWhole(requests: 1, bodies: 5))
        #expect(!passed(head, "hello", "G").areWhole(requests: 1, bodies: 5))
        #expect(!passed(head, "hello", head).areWhole(requests: 2, bodies: 5), "left to the decoder")
        #expect(!passed(head, "5\r\nhello\r\n0\r\n\r\n").areWhole(requests: 1, bodies: nil))
    }
}
