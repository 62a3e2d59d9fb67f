// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import Testing

@testable import Service

@Suite struct PublishedFileTests {
    private let harness: ServiceHarness

    init() throws {
        harness = try ServiceHarness(files: [
            PublishedFile(
                kind: .keys, path: "/.well-known/jwks.json", contentType: "application/json",
                cacheControl: "public, max-age=300", entityTag: "one", headers: [.contentLanguage: "en"],
                content: Array("{\"keys\":[]}".utf8))
        ])
    }

    @Test("serves a file with its type and cache lifetime to pages of any origin, and ignores the query")
    func served() async {
        for path in ["/.well-known/jwks.json", "/.well-known/jwks.json?x=/.."] {
            let response = await harness.service.respond(
                to: harness.request(path, headers: [.origin: "https://anywhere"]))
            #expect(response.status == .ok && String(buffer: response.body) == "{\"keys\":[]}")
            #expect(response.headers[.contentType] == "application/json")
            #expect(response.headers[.cacheControl] == "public, max-age=300")
            #expect(response.headers[.contentLanguage] == "en")
            #expect(response.headers[.accessControlAllowOrigin] == "*")
            #expect(response.headers[.accessControlAllowCredentials] == nil)
            #expect(response.headers[.contentLength] == "11")
            #expect(response.headers[.eTag] == "\"one\"")
        }
    }

    @Test("responds to HEAD with the same header fields without the content")
    func head() async {
        let response = await harness.service.respond(to: harness.request("/.well-known/jwks.json", method: .head))
        #expect(response.status == .ok && response.body.readableBytes == 0)
        #expect(response.headers[.contentLength] == "11")
    }

    @Test(
        "responds with 304 if the client has the current entity tag",
        arguments: ["\"one\"", "W/\"one\"", "\"zero\" , \"one\"", "*"])
    func current(tag: String) async {
        let response = await harness.service.respond(
            to: harness.request("/.well-known/jwks.json", headers: [.ifNoneMatch: tag]))
        #expect(response.status == .notModified && response.body.readableBytes == 0)
        #expect(response.headers[.eTag] == "\"one\"" && response.headers[.contentLength] == nil)
    }

    @Test(
        "sends the file if the client has another entity tag or an invalid one",
        arguments: ["\"two\"", "one", "\"one", "\"onetwo\"", ""])
    func stale(tag: String) async {
        let response = await harness.service.respond(
            to: harness.request("/.well-known/jwks.json", headers: [.ifNoneMatch: tag]))
        #expect(response.status == .ok)
    }

    @Test("responds with 405 and Allow to other methods")
    func methods() async {
        for method: HTTPRequest.Method in [.post, .options, .delete] {
            let response = await harness.service.respond(to: harness.request("/.well-known/jwks.json", method: method))
            #expect(response.status == .methodNotAllowed && response.headers[.allow] == "GET, HEAD")
        }
    }

    @Test("responds with 404 to other paths, and logs the kind of a served file")
    func others() async throws {
        for path in ["/.well-known/jwks.jso", "/.well-known/jwks.json/", "/.well-known/JWKS.json", "/"] {
            #expect(await harness.service.respond(to: harness.request(path)).status == .notFound)
        }
        _ = await harness.service.respond(to: harness.request("/.well-known/jwks.json"))
        let lines = try harness.log.lines()
        #expect(lines.compactMap { $0["endpoint"] as? String } == ["jwks"])
    }
}
